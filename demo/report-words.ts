import type { DemoLabel, DemoLanguage } from './labels.ts'

/** What reporters choose or type as the reason. They are often imprecise, and sometimes wrong. */
export const reasons: Readonly<Record<DemoLanguage, Readonly<Record<DemoLabel, readonly string[]>>>> = {
  'zh-CN': {
    none: ['不喜欢', '看着不舒服', '引战', '其他', '低质内容', '刷屏'],
    'spam-ads': ['垃圾广告', '打广告', '营销号', '刷屏', '卖东西的'],
    'off-platform-luring': ['诈骗', '引流到站外', '骗人加微信', '骗子', '虚假中奖'],
    harassment: ['骂人', '人身攻击', '网络暴力', '恶意辱骂'],
    sexual: ['色情', '低俗', '涉黄', '招嫖'],
    violence: ['威胁', '暴力', '扬言伤人', '恐吓'],
    'self-harm': ['想不开', '自残', '需要帮助', '轻生'],
  },
  en: {
    none: ['I don’t like it', 'annoying', 'other', 'low quality', 'off topic'],
    'spam-ads': ['spam', 'ads', 'selling stuff', 'repeated posts'],
    'off-platform-luring': ['scam', 'fraud', 'asks to move to another app', 'fake prize'],
    harassment: ['bullying', 'insult', 'hate', 'harassing me'],
    sexual: ['sexual', 'nudity', 'soliciting', 'inappropriate'],
    violence: ['threat', 'violence', 'wants to hurt someone'],
    'self-harm': ['self-harm', 'worried about them', 'needs help'],
  },
}

/** Free words that some reporters add. */
export const reportNotes: Readonly<Record<DemoLanguage, readonly string[]>> = {
  'zh-CN': [
    '已经举报好几次了',
    '每天都发',
    '麻烦处理一下',
    '孩子也在看',
    '我朋友被骗过',
    '同一个人换号发的',
    '看不下去了',
    '截图留着了',
    '快删',
    '你们管不管',
  ],
  en: [
    'second time I report this',
    'posts this every day',
    'please do something',
    'kids can see this',
    'same person, new account',
    'this is not ok',
    'kept screenshots',
    'why is this still up',
  ],
}
