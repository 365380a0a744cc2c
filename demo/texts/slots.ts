import type { DemoLanguage } from '../labels.ts'

/**
 * Words that templates are filled with, by name. Every fourth word of a list is kept out of the training set
 * (see `grammar.ts`). `{account}` and `{site}` are made up each time.
 */
export const slots: Readonly<Record<DemoLanguage, Readonly<Record<string, readonly string[]>>>> = {
  'zh-CN': {
    app: ['微信', 'VX', 'QQ', '扣扣', '威信号', '小号', '飞机', '企鹅号', '绿泡泡', 'wx', '电报', '私人号'],
    add: ['加', '加我', '添加', '私信加', '扫码加', '搜', '联系', '来加'],
    money: ['两百', '三百', '500', '800', '一千', '1200', '三千', '五千块', '一万', '8888'],
    job: ['刷单', '打字员', '点赞员', '代购', '试玩员', '录入员', '配音', '数据标注', '手工活', '抢券'],
    product: ['减肥茶', '丰胸膏', '高仿手表', '纯银手链', '生发液', '面膜', '运动鞋', '保健枕', '祛痘膏', '蓝牙耳机', '电动牙刷', '护眼灯', '代购包包', '会员账号', '手机壳', '旧书'],
    discount: ['五折', '三折', '买一送一', '满百减五十', '第二件半价', '清仓价', '九块九包邮', '厂家直销'],
    person: ['楼主', '博主', '主播', '这人', '楼上', '那个女的', '那个男的', '这位兄弟', '你', '某些人'],
    insult: ['废物', '垃圾', '脑残', '蠢货', '丑八怪', '猪脑子', '白痴', '神经病', '狗腿子', '软骨头', '小丑', '烂人'],
    family: ['全家', '爹妈', '祖宗', '一家老小', '你妈'],
    hobby: ['做饭', '钓鱼', '骑车', '画画', '跑步', '养猫', '弹吉他', '种花', '看展', '爬山', '拍照', '写字'],
    food: ['火锅', '螺蛳粉', '红烧肉', '烤鱼', '麻辣烫', '煎饼', '酸菜鱼', '小笼包', '凉皮', '豆花', '粽子', '羊肉串'],
    city: ['成都', '杭州', '西安', '长沙', '青岛', '昆明', '武汉', '厦门', '重庆', '哈尔滨', '苏州', '兰州'],
    show: ['新番', '这部电影', '昨晚的球赛', '那首新歌', '这本小说', '这款游戏', '纪录片', '综艺', '短剧', '演唱会'],
    subject: ['高数', '英语', '会计', '编程', '解剖学', '法语', '写作', '驾照', '考研', '化学'],
    reward: ['红包', '现金', '皮肤', '话费', '京东卡', '会员', '礼物', '代金券', '金币', '充电宝'],
    invest: ['内幕消息', '老师带单', '稳赚项目', '数字币', '外汇', '跟投名额', '原始股', '黄金策略', '足球推荐', '彩票计划'],
    body: ['腿', '身材', '胸', '腰', '皮肤', '锁骨'],
    weapon: ['刀', '砖头', '铁棍', '锤子', '酒瓶', '斧头'],
    place: ['校门口', '你公司楼下', '停车场', '小区门口', '地铁站', '你家楼下', '网吧', '操场'],
    feeling: ['累', '绝望', '麻木', '孤独', '空', '没意思', '喘不过气', '撑不住'],
    pet: ['猫', '狗', '仓鼠', '鹦鹉', '兔子', '乌龟'],
    time: ['今晚', '明天', '周末', '下班后', '放学后', '凌晨', '中午', '后天'],
    relative: ['我妈', '我姐', '同事', '室友', '表弟', '邻居', '我爸', '朋友'],
  },
  en: {
    app: ['WhatsApp', 'Telegram', 'Signal', 'Snap', 'my private line', 'WeChat', 'Discord', 'Insta dm'],
    add: ['add me on', 'text me on', 'message me on', 'find me on', 'hit me up on', 'write to me on', 'ping me on', 'reach me on'],
    money: ['$200', '$300', '500 bucks', '$900', 'a grand', '$1,500', '2k', '$5000'],
    job: ['like videos', 'write reviews', 'test apps', 'pack orders', 'rate hotels', 'tag photos', 'type forms', 'play games'],
    product: ['slimming tea', 'replica watches', 'silver bracelets', 'hair serum', 'face masks', 'running shoes', 'phone cases', 'game accounts', 'gym plans', 'cheap followers', 'vitamin gummies', 'knife sets'],
    discount: ['half price', '70% off', 'buy one get one', 'free shipping', 'clearance', 'wholesale price', 'last chance deal', 'two for one'],
    person: ['you', 'this guy', 'this girl', 'the streamer', 'whoever posted this', 'her', 'him', 'OP'],
    insult: ['idiot', 'loser', 'moron', 'clown', 'trash', 'pathetic excuse of a person', 'ugly pig', 'brainless rat', 'waste of air', 'fraud', 'joke', 'creep'],
    family: ['your whole family', 'your mother', 'your parents', 'everyone you know'],
    hobby: ['cooking', 'fishing', 'cycling', 'painting', 'running', 'gardening', 'knitting', 'climbing', 'chess', 'baking'],
    food: ['ramen', 'tacos', 'pancakes', 'curry', 'dumplings', 'pizza', 'noodles', 'lasagna'],
    city: ['Lisbon', 'Toronto', 'Melbourne', 'Leeds', 'Austin', 'Seoul', 'Porto', 'Dublin'],
    show: ['the new season', 'that film', 'last night’s match', 'the new album', 'this novel', 'this game', 'the documentary', 'the concert'],
    subject: ['calculus', 'Spanish', 'accounting', 'coding', 'anatomy', 'chemistry', 'essay writing', 'my driving test'],
    reward: ['gift cards', 'cash', 'free skins', 'airdrops', 'coupons', 'a new phone', 'tokens', 'vouchers'],
    invest: ['crypto signals', 'forex copy trading', 'insider tips', 'a guaranteed plan', 'the mining pool', 'a private fund', 'sure bets', 'gold calls'],
    body: ['legs', 'body', 'curves', 'lips', 'waist', 'shoulders'],
    weapon: ['knife', 'bat', 'hammer', 'crowbar', 'brick', 'bottle'],
    place: ['outside your school', 'at your office', 'in the parking lot', 'at your door', 'at the station', 'behind the gym'],
    feeling: ['tired', 'hopeless', 'numb', 'alone', 'empty', 'done', 'worthless', 'broken'],
    pet: ['cat', 'dog', 'hamster', 'parrot', 'rabbit', 'turtle'],
    time: ['tonight', 'tomorrow', 'this weekend', 'after work', 'after class', 'at midnight'],
    relative: ['my mum', 'my sister', 'a coworker', 'my roommate', 'my cousin', 'a neighbour'],
  },
}

/** What stands before or behind anything, whatever it is about. */
export const fillers: Readonly<Record<DemoLanguage, { readonly before: readonly string[]; readonly behind: readonly string[] }>> = {
  'zh-CN': {
    before: ['哈哈哈，', '说真的，', '刚看到，', '路过，', '第一次发帖，', '兄弟姐妹们，', '不懂就问，', '算了，', '唉，', '来了来了，', '那个，', '大家好，', '讲个事，', '早上好，', '@{person} ', '姐妹们听我说，'],
    behind: ['，有没有一样的', '，你们觉得呢', '，真的', '，就这样', '，谢谢大家', '[笑哭]', '，别问为什么', '！！', '，懂的都懂', '，手动狗头', '……', '，{city}的来', '，不多说了', '，顶一下'],
  },
  en: {
    before: ['lol ', 'honestly, ', 'hey everyone, ', 'first post here, ', 'not gonna lie, ', 'ok so ', 'well, ', 'guys, ', 'just saying, ', 'morning all, ', 'fyi ', 'sigh, '],
    behind: [', thoughts?', ' tbh', ', that is all', ' 😂', ', thanks', '!!', ', iykyk', ' …', ', just saying', ', anyone else in {city}?', ', no joke', ' fr'],
  },
}
