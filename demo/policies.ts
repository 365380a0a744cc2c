import type { Policy } from '../schemas/policy.ts'

type DemoPolicy = Omit<Policy, 'v' | 'version'>

const by = { author: 'demo', note: 'first version' } as const

/** The five policies of the demonstration. The decide node of `report-triage.yml` names them and their clauses. */
export const demoPolicies: readonly DemoPolicy[] = [
  {
    id: 'advertising',
    title: { 'zh-CN': '垃圾广告', en: 'Spam and advertising' },
    text: {
      'zh-CN': '评论、直播和私信不是货架。未经标明的推广会挤走正常交流。',
      en: 'Comments, live rooms and messages are no shop window. Unmarked promotion crowds out ordinary talk.',
    },
    clauses: [
      {
        id: 'unmarked-promotion',
        severity: 2,
        text: {
          'zh-CN': '不得发布未标明的商业推广、导购链接或批量重复的营销内容。',
          en: 'No unmarked commercial promotion, shopping links or marketing posted in bulk.',
        },
      },
      {
        id: 'paid-engagement',
        severity: 2,
        text: { 'zh-CN': '不得买卖粉丝、点赞或账号。', en: 'No trade in followers, likes or accounts.' },
      },
    ],
    ...by,
  },
  {
    id: 'fraud',
    title: { 'zh-CN': '站外引流与诈骗', en: 'Off-platform luring and fraud' },
    text: {
      'zh-CN': '把用户引到平台外交易或联系，使平台无法保护他们，是诈骗最常见的第一步。',
      en: 'Leading users away to deal or talk elsewhere, where nobody can protect them, is the usual first step of fraud.',
    },
    clauses: [
      {
        id: 'off-platform-contact',
        severity: 4,
        text: {
          'zh-CN': '不得以奖励、兼职、投资、退款或交友为由，要求他人转到平台外联系或付款。',
          en: 'No asking others to move to another app or to pay elsewhere under the promise of rewards, jobs, investments, refunds or friendship.',
        },
      },
      {
        id: 'impersonation',
        severity: 5,
        text: {
          'zh-CN': '不得冒充官方、客服或他人索取验证码、押金或个人信息。',
          en: 'No posing as staff or as somebody else to obtain codes, deposits or personal data.',
        },
      },
    ],
    ...by,
  },
  {
    id: 'harassment',
    title: { 'zh-CN': '辱骂与骚扰', en: 'Harassment' },
    text: {
      'zh-CN': '可以批评观点和作品，不可以攻击人。',
      en: 'Views and works may be criticised; people may not be attacked.',
    },
    clauses: [
      {
        id: 'personal-attack',
        severity: 3,
        text: {
          'zh-CN': '不得辱骂、贬损或煽动他人围攻个人。',
          en: 'No insults, degradation or calls to pile on a person.',
        },
      },
      {
        id: 'exposure',
        severity: 4,
        text: {
          'zh-CN': '不得公开他人的电话、住址等私人信息。',
          en: 'No publishing of somebody’s phone number, address or other private data.',
        },
      },
    ],
    ...by,
  },
  {
    id: 'sexual-content',
    title: { 'zh-CN': '色情低俗', en: 'Sexual content' },
    text: {
      'zh-CN': '本社区不接受色情内容和性交易。医学、教育与艺术表达不在此列。',
      en: 'Sexual content and sexual services are not accepted here. Medicine, education and art are.',
    },
    clauses: [
      {
        id: 'solicitation',
        severity: 4,
        text: {
          'zh-CN': '不得招揽性服务、裸聊或出售色情资源。',
          en: 'No solicitation of sexual services, naked chats or sale of sexual material.',
        },
      },
      {
        id: 'sexual-remarks',
        severity: 3,
        text: { 'zh-CN': '不得对他人身体发表性化评论。', en: 'No sexual remarks about somebody’s body.' },
      },
    ],
    ...by,
  },
  {
    id: 'harm',
    title: { 'zh-CN': '暴力与自伤', en: 'Violence and self-harm' },
    text: {
      'zh-CN': '威胁伤害他人的内容要尽快处置；流露自伤念头的人需要的是帮助而不是处罚。',
      en: 'Threats against others are acted on at once; a person who speaks of self-harm needs help, not punishment.',
    },
    clauses: [
      {
        id: 'threats',
        severity: 5,
        text: {
          'zh-CN': '不得威胁、煽动或美化对人或动物的暴力。',
          en: 'No threats, incitement or praise of violence against people or animals.',
        },
      },
      {
        id: 'self-harm-care',
        severity: 5,
        text: {
          'zh-CN': '流露自伤、自杀念头的内容转交关怀小组，优先联系本人。',
          en: 'Content that speaks of self-harm or suicide goes to the care team, who contact the person first.',
        },
      },
    ],
    ...by,
  },
]
