import type { LabelTexts } from './label-texts.ts'

export const offPlatformLuring: LabelTexts = {
  'zh-CN': {
    cores: [
      '在家{job}日结{money}，{add}{app} {account}',
      '想赚钱的{add}{app}：{account}，只带十个人',
      '{add}{app}领{reward}，号码 {account}',
      '手把手教{invest}，{add}{app} {account} 拉你进群',
      '中奖了亲，{reward}请{add}{app} {account} 领取',
      '客服通知：您的订单异常，请{add}{app} {account} 办理退款',
      '平台内不方便说，{add}{app} {account} 细聊',
      '跟着老师做{invest}，一天{money}，{app} {account}',
      '宝妈学生{job}，一单一结，{add}{app} {account}',
      '你好，看你{hobby}很久了，能{add}{app}吗 {account}',
      '先转{money}押金，通过后{add}{app} {account} 全额返还',
      '低价转让{product}，走{app}交易，{account}',
      '进群送{reward}，群在{app}，暗号{account}',
      '缺{job}，日薪{money}，详情{add}{app}{account}',
      '登录 {site} 绑定账号就送{reward}，再{add}{app} {account}',
      '我是{city}的，离异带娃，想认识真心人，{app} {account}',
      '内部渠道{invest}，保本保息，{add}{app} {account}',
      '你的快递丢了，理赔{money}，{add}{app} {account} 处理',
    ],
    tails: ['，名额有限', '，非诚勿扰', '，不要在这里回复', '，备注{time}', '，验证码发我', '，先到先得', '，转账截图发我', '，看到速来'],
  },
  en: {
    cores: [
      'earn {money} a day, just {job}, {add} {app} {account}',
      '{add} {app} {account} to claim {reward}',
      'we found a problem with your order, {add} {app} {account} for a refund',
      'my mentor taught me {invest}, {add} {app} {account}',
      'can’t talk here, {add} {app} {account}',
      'you won {reward}! {add} {app} {account} to receive it',
      'send {money} deposit first, then {add} {app} {account}',
      'join the private group for {invest}, {app} {account}',
      'I like your {hobby} posts dear, {add} {app} {account}',
      'log in at {site} to verify, then {add} {app} {account}',
      'selling {product}, deal on {app} only, {account}',
      'hiring people to {job} from home, {money} weekly, {app} {account}',
    ],
    tails: [', do not reply here', ', only ten places', ', send me the code', ', serious people only', ', before {time}', ', share your screenshot'],
  },
  vague: {
    'zh-CN': ['想了解的私下说，这里不方便', '有缘人来找我，{account}', '{job}缺人，老地方见', '懂{invest}的滴滴'],
    en: ['let us talk somewhere else dear', 'ask me privately how I made {money}', '{account} is where I answer', 'need people to {job}, private only'],
  },
}
