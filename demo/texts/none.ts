import type { LabelTexts } from './label-texts.ts'

/** Ordinary talk. */
export const none: LabelTexts = {
  'zh-CN': {
    cores: [
      '周末去{city}吃{food}，有推荐的店吗',
      '{show}也太好看了，{time}二刷',
      '今天{hobby}三小时，腿都软了但是开心',
      '有人一起学{subject}吗，互相监督',
      '我家{pet}又把杯子打翻了，气笑',
      '{food}做法：小火慢炖，最后撒葱花',
      '求推荐{hobby}入门装备，预算{money}',
      '{relative}第一次做{food}，居然很好吃',
      '{city}这两天降温了，记得加衣服',
      '{subject}终于考过了，谢谢群里的各位',
      '刚搬到{city}，想找{hobby}搭子',
      '{show}的结局有点烂尾，但是配乐不错',
      '带{relative}去体检，排队两小时',
      '拍了一组{pet}的照片，求夸',
      '{product}用了一个月，说说真实感受，优缺点都有',
      '地铁上有人给老人让座，暖到了',
      '{time}加班，外卖点了{food}',
      '请问{city}的图书馆几点关门',
    ],
    tails: ['，开心', '，推荐', '，明天继续', '，慢慢来', '，一起加油', '，附图', '，有问题评论区问', '，晚安'],
  },
  en: {
    cores: [
      'going to {city} {time}, where should I eat {food}?',
      '{show} was so good, watching it again {time}',
      'three hours of {hobby} today, legs are dead but happy',
      'anyone want to study {subject} together?',
      'my {pet} knocked over my cup again',
      'how to make {food}: low heat and patience',
      'which gear for {hobby} under {money}?',
      '{relative} made {food} for the first time and it was great',
      'finally passed {subject}, thanks everyone here',
      'new in {city}, looking for people who like {hobby}',
      'the ending of {show} was weak but the music is nice',
      'honest review of {product} after a month, good and bad',
      'took a few pictures of my {pet}',
      'working late {time}, ordered {food}',
    ],
    tails: [', so happy', ', recommended', ', more tomorrow', ', take it easy', ', pictures below', ', good night'],
  },
  vague: {
    'zh-CN': ['{time}见', '哈哈哈哈', '这个可以', '{person}说得对'],
    en: ['see you {time}', 'haha yes', 'this one is good', 'agree with {person}'],
  },
}

/** Ordinary talk with the words of the others: warnings, games, news, quotations, medicine, figures of speech. */
export const hardNone: LabelTexts = {
  'zh-CN': {
    cores: [
      '提醒大家，让你{add}{app}领{reward}的都是骗子，{relative}刚被骗{money}',
      '反诈中心讲座：凡是{job}日结先垫钱的都是诈骗',
      '游戏里一{weapon}秒了对面五个，太爽了',
      '{show}里反派说要弄死全村，演得真好',
      '心理老师说，如果身边有人说不想活了，要陪着他并打热线',
      '笑死我了，{relative}把{food}做成了炭',
      '作业多到想死，{subject}老师放过我吧',
      '{subject}课讲乳房检查，图都是教科书上的',
      '有人骂{person}是{insult}，我觉得不对，大家别网暴',
      '公司官方{app}是多少，想咨询{product}售后',
      '二手平台自提，{product}{money}，面交不邮寄',
      '减肥{money}天打卡，{body}线条出来了',
      '小时候被叫{insult}，现在想想都过去了',
      '{pet}今天去世了，哭了一晚上，谢谢大家安慰',
      '警方通报：{place}持{weapon}伤人案已告破',
      '我这{insult}又把钥匙锁家里了',
    ],
    tails: ['，大家注意', '，转发提醒', '，真的气', '，别当真', '，求扩散', '，都要好好的'],
  },
  en: {
    cores: [
      'warning: anyone who says "{add} {app}" for {reward} is a scammer, {relative} lost {money}',
      'police talk on fraud: jobs that want a deposit first are fake',
      'one shot with the {weapon} and the whole enemy team was gone, great game',
      'the villain in {show} threatens to kill everyone, brilliant acting',
      'if a friend says they want to die, stay with them and call a helpline',
      'this homework is killing me, {subject} please end',
      'anatomy lesson on breast exams, all textbook pictures',
      'someone called {person} a {insult}, please stop the hate',
      'what is the official {app} of support? asking about {product}',
      'selling my {product} for {money}, pick up only in {city}',
      'I am such an {insult}, locked my keys inside again',
      'my {pet} died last night, thank you for the kind words',
    ],
    tails: [', stay safe', ', please share', ', just joking', ', be kind', ', take care all', ', makes me angry'],
  },
  vague: { 'zh-CN': ['别信，都是套路'], en: ['do not fall for it'] },
}
