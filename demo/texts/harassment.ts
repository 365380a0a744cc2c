import type { LabelTexts } from './label-texts.ts'

export const harassment: LabelTexts = {
  'zh-CN': {
    cores: [
      '{person}就是个{insult}，没人要的东西',
      '长成这样还好意思发出来，{insult}',
      '你这种{insult}怎么不滚出{city}',
      '{person}说话跟{insult}一样，笑死',
      '建议{person}回炉重造，{insult}一个',
      '你{family}都是{insult}吧',
      '天天{hobby}装什么装，{insult}',
      '连{subject}都不会，{insult}还敢出来丢人',
      '见过{insult}，没见过你这么{insult}的',
      '大家都来看这个{insult}，截图发群里了',
      '{person}闭嘴吧，恶心死了，{insult}',
      '做的{food}跟喂猪的一样，人也是{insult}',
      '我把你电话挂网上了，{insult}，等着被骂吧',
      '你活该没朋友，谁愿意理{insult}',
      '又胖又矮还{insult}，照照镜子',
      '你配吗，{insult}，{family}的脸都让你丢光了',
    ],
    tails: ['，真恶心', '，滚', '，丢人现眼', '，看见你就烦', '，要点脸吧', '，别出来吓人', '，呸', '，{family}知道吗'],
  },
  en: {
    cores: [
      '{person} really is a {insult}, nobody wants you here',
      'look at that face, what a {insult}',
      'shut up {insult}, no one asked',
      'you and {family} are all the same kind of {insult}',
      'imagine failing {subject}, you {insult}',
      'posting your number so everybody can call this {insult}',
      'go back to {city}, {insult}',
      'your {food} looks like vomit and so do you, {insult}',
      'everyone is laughing at you, {insult}',
      'no wonder you have no friends, {insult}',
      'stop {hobby}, you are a {insult} at it',
      'I have never seen such a {insult} in my life',
    ],
    tails: [
      ', gross',
      ', get lost',
      ', what a joke',
      ', delete your account',
      ', you make me sick',
      ', nobody likes you',
    ],
  },
  vague: {
    'zh-CN': ['{person}也就这水平了', '呵呵，{person}真行', '这都敢发，服了', '笑死，{person}自己看看吧'],
    en: [
      'wow, so that is your level',
      '{person} again, of course',
      'some people should not post',
      'imagine being {person}',
    ],
  },
}
