import type { LabelTexts } from './label-texts.ts'

export const selfHarm: LabelTexts = {
  'zh-CN': {
    cores: [
      '真的不想活了，太{feeling}了',
      '我写好遗书了，对不起{relative}',
      '站在楼顶，往下跳就什么都结束了',
      '又割腕了，只有疼的时候才不{feeling}',
      '想死的念头每天都有，{time}尤其',
      '活着好{feeling}，想消失',
      '攒了一瓶药，{time}就吃下去',
      '没有我{relative}会过得更好吧，我走了',
      '最后一次发动态，再见了{city}',
      '撑不下去了，这个世界不需要我',
      '胳膊上又多了几道，{relative}还没发现',
      '{feeling}到想从桥上跳下去',
      '有没有不痛苦的办法离开，好{feeling}',
      '{pet}托付给{relative}了，我想睡过去不醒',
      '今天也是想自杀的一天',
      '如果我死了会有人难过吗',
    ],
    tails: ['，再见', '，别找我', '，对不起', '，谢谢你们', '，没人懂', '，就到这里吧', '，下辈子见', '，好黑'],
  },
  en: {
    cores: [
      'I don’t want to live anymore, I am so {feeling}',
      'wrote the note, sorry {relative}',
      'standing on the roof, one step and it is over',
      'cut myself again, it is the only time I don’t feel {feeling}',
      'I think about dying every day, {time} most of all',
      'being alive is too much, want to disappear',
      'saved up the pills, {time} I take them',
      '{relative} would be better off without me',
      'this is my last post, goodbye {city}',
      'is there a painless way to go, I feel {feeling}',
      'gave my {pet} to {relative}, ready to sleep forever',
      'would anyone cry if I died',
    ],
    tails: [', goodbye', ', don’t look for me', ', sorry', ', nobody understands', ', thank you all', ', it ends here'],
  },
  vague: {
    'zh-CN': ['好{feeling}，算了', '{time}以后就不用再{feeling}了', '有些事说出来也没用', '想睡很久很久'],
    en: [
      'so {feeling}, whatever',
      'it will not matter {time}',
      'no point saying it',
      'just want to sleep for a long time',
    ],
  },
}
