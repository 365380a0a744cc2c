import type { LabelTexts } from './label-texts.ts'

export const spamAds: LabelTexts = {
  'zh-CN': {
    cores: [
      '{product}{discount}，点主页链接下单',
      '自用三年的{product}推荐给大家，店铺里{discount}',
      '厂里清仓{product}，{discount}，先到先得',
      '新店开业全场{discount}，关注送{reward}',
      '最后一天！{product}只要{money}，错过等一年',
      '涨粉一千只要{money}，当天到账不掉粉',
      '点开 {site} 领{discount}券，人人有份',
      '代写论文包过{subject}，价格美丽可开票',
      '招代理，{product}一手货源，一件代发',
      '同城上门安装{product}，电话在简介里',
      '全网最低{product}，假一赔十，链接在评论区',
      '看我头像，{product}批发零售，{discount}',
      '{city}团购群，{product}{discount}，每天上新',
      '办证刻章贷款{money}起步，无抵押当天放款',
      '直播间抢{product}，整点抽{reward}',
      '互粉互赞，回关必回，刷{reward}的来',
      '快去 {site} 看看，{product}都在打折',
      '祖传秘方{product}，用过都说好，不好退{money}',
    ],
    tails: ['，名额有限', '，包邮到家', '，点击主页', '，支持货到付款', '，老客户再减', '，需要的戳头像', '，批发联系客服', '，仅限{time}'],
  },
  en: {
    cores: [
      '{product} {discount}, link in my profile',
      'grand opening, everything {discount}, follow for {reward}',
      'get 1000 followers for {money}, delivered same day',
      'visit {site} for {discount} on {product}',
      'best {product} on the market, order now',
      'we ship {product} to {city}, {discount} only {time}',
      'looking for resellers of {product}, no stock needed',
      'I pass {subject} exams for you, cheap and fast',
      'instant loans from {money}, no questions asked',
      'click my bio for {product}, {discount}',
      'join the live sale, {product} and {reward} every hour',
      'this {product} changed my life, use code SAVE at {site}',
    ],
    tails: [', limited stock', ', free shipping', ', click the link', ', order {time}', ', only a few left', ', bulk orders welcome'],
  },
  vague: {
    'zh-CN': ['想要同款的看主页', '{product}还有几件，要的说', '橱窗里都有，自己看', '刚到货，{discount}'],
    en: ['links are in my bio', 'still have some {product}, ask me', 'check the shop tab', '{discount} this week'],
  },
}
