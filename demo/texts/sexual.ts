import type { LabelTexts } from './label-texts.ts'

export const sexual: LabelTexts = {
  'zh-CN': {
    cores: [
      '{time}一个人在家，想看我{body}的来，可裸聊',
      '成人视频{money}一份，看头像',
      '同城约炮，{city}，{time}有空的来',
      '小姐姐{body}好软，想摸',
      '福利姬定制，原味可寄，{money}起',
      '裸聊一次{money}，先看货再付款',
      '姐妹{body}真骚，晚上梦到你了',
      '无码资源打包{money}，网盘秒发',
      '上门按摩，全套服务，{city}可约',
      '想和{person}睡一晚，开个价',
      '直播脱衣看{body}，刷{reward}就开',
      '深夜福利，{body}特写，不看后悔',
      '找固定床伴，{city}本地，有房',
      '发张{body}照片给哥看看，奖励{money}',
      '大尺度写真，{money}打包，懂的来',
      '寂寞少妇，{time}寂寞难耐，陪聊陪睡',
    ],
    tails: ['，隐私保密', '，看主页', '，可验货', '，私聊看图', '，十八禁', '，未成年勿扰', '，老司机来', '，好想要'],
  },
  en: {
    cores: [
      'home alone {time}, want to see my {body}? nudes available',
      'adult videos, {money} a pack, check my profile',
      'looking for a hookup in {city} {time}',
      'your {body} makes me so horny',
      'selling worn underwear, {money}, discreet',
      'naked video chat for {money}, pay after preview',
      'dreamed of your {body} last night, want to sleep with you',
      'uncensored pack, {money}, instant download',
      'full service massage in {city}, discreet',
      'strip show {time}, send {reward} to unlock',
      'send me a picture of your {body}, I pay {money}',
      'no strings, friends with benefits in {city}',
    ],
    tails: [', 18+ only', ', discreet', ', preview in profile', ', so hot', ', ask for pics', ', naughty only'],
  },
  vague: {
    'zh-CN': [
      '{time}无聊，找人陪',
      '{person}的{body}绝了，想想就睡不着',
      '有些照片不能发这里',
      '有没有{city}的，今晚陪陪我',
    ],
    en: [
      'bored {time}, keep me company?',
      'those {body} though',
      'can’t post the rest here',
      'anyone fun in {city} {time}?',
    ],
  },
}
