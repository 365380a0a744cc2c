import type { LabelTexts } from './label-texts.ts'

export const violence: LabelTexts = {
  'zh-CN': {
    cores: [
      '{time}在{place}等你，带{weapon}，弄死你',
      '再发一次我就拿{weapon}砍了你',
      '我知道你住哪，{time}去打断你的腿',
      '{person}该被活活打死',
      '杀了你{family}，说到做到',
      '{place}见，不见血不算完',
      '信不信我找人{time}把你堵在{place}往死里打',
      '这种{insult}就应该拿{weapon}砸烂他的头',
      '兄弟们带上{weapon}，{time}{place}集合，砍他',
      '等我出来第一个捅了{person}',
      '烧了你家，{family}一个都别想跑',
      '给你{money}安葬费，{time}就动手',
      '把那只{pet}活剥了，视频发你看',
      '炸了{place}，看你们还笑不笑',
      '一{weapon}下去脑袋开花，下一个就是你',
      '你等着，{time}让你横着出{place}',
    ],
    tails: ['，等死吧', '，别想跑', '，不信试试', '，说到做到', '，血债血偿', '，你完了', '，报警也没用', '，给我记住'],
  },
  en: {
    cores: [
      'I will wait for you {place} {time} with a {weapon}',
      'post that again and I will kill you',
      'I know where you live, {time} I break your legs',
      '{person} deserves to be beaten to death',
      'I will hurt {family}, that is a promise',
      'someone should smash that {insult}’s skull with a {weapon}',
      'bring a {weapon}, we jump him {place} {time}',
      'going to burn your house down with {family} inside',
      'I will stab the first one I see {place}',
      'your funeral is {time}, {insult}',
      'skinned that {pet} alive, you are next',
      'blow up the building, let us see who laughs',
    ],
    tails: [
      ', you are dead',
      ', no one can save you',
      ', try me',
      ', I mean it',
      ', blood for blood',
      ', count your days',
    ],
  },
  vague: {
    'zh-CN': ['{person}，{time}咱们{place}见', '你会后悔的，我等着', '别让我碰到{person}', '早晚收拾你'],
    en: ['see you {place} {time}', 'you will regret this', 'better hope I never meet {person}', 'your time will come'],
  },
}
