import type { EvasionKind } from './labels.ts'

/** A sentence to try, and the same as somebody writes it who does not want it found. */
export interface EvasionExample {
  readonly kind: EvasionKind
  readonly plain: string
  readonly evaded: string
}

/** One example of each way; written by us. */
export const evasionExamples: readonly EvasionExample[] = [
  { kind: 'homophone', plain: '在家刷单日结三百，加我微信 lanyu8823', evaded: '在家唰丹日洁三百，嘉我薇芯 lanyu8823' },
  {
    kind: 'zero-width',
    plain: '客服通知：您的订单异常，请加微信办理退款',
    evaded: '客服通知：您的订单异常，请加\u200b微\u200b信办理退\u200b款',
  },
  { kind: 'split', plain: '裸聊一次三百，先看货再付款', evaded: '裸.聊 一次三百，先看货再 付 款 吧' },
  { kind: 'look-alike-domain', plain: '登录 alipay.com 绑定账号就送红包', evaded: '登录 a1ipаy.com 绑定账号就送红包' },
  {
    kind: 'mixed-script',
    plain: 'earn $300 a day, just like videos, add me on Telegram',
    evaded: 'earn $300 a day, just like videos, add me on Tеlegr@m',
  },
  { kind: 'emoji', plain: '加微信领红包，号码 meitao5521', evaded: '➕微🌸信🌸领🧧，号码 meitao5521' },
]
