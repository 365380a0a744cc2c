import { performance } from 'node:perf_hooks'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { longestText, normalise } from './normalise.ts'

const kindsOf = (text: string) => normalise(text).notes.map(note => note.kind)

describe('normalise', () => {
  it.each([
    ['請加我的微信號，後天發財', '请加我的微信号,后天发财', ['traditional']],
    ['加 薇 芯 拿资料', '加薇芯 拿资料', ['split']],
    ['加.微.信', '加微信', ['split']],
    ['微*信', '微信', ['split']],
    ['嗨，加 薇 芯', '嗨,加薇芯', ['split']],
    ['加，微，信', '加微信', ['split']],
    ['加🌸微🌸信', '加微信', ['split']],
    ['find me on t e l e g r a m', 'find me on telegram', ['split']],
    ['w.e.c.h.a.t', 'wechat', ['split']],
    ['加\u200b微\u2060信', '加微信', ['invisible']],
    ['ｔｅｌｅｇｒａｍ ＶＸ１２３', 'telegram vx123', ['width']],
    ['𝐭𝐞𝐥𝐞𝐠𝐫𝐚𝐦 ⓥⓧ', 'telegram vx', ['width']],
    ['tеlеgrаm 联系', 'telegram 联系', ['look-alike']],
    ['t3legr@m me', 'telegram me', ['look-alike']],
    ['tëlégräm', 'telegram', []],
    ['🇻🇽 88', 'vx 88', ['symbol']],
    ['➕我领🧧', '加我领红包', ['symbol']],
    ['1️⃣2️⃣3️⃣', '123', []],
    ['访问 https://www.taoba0.com/x?y=1 领取', '访问 taobao.com 领取', ['look-alike-domain']],
    ['see pаypаl.com now', 'see paypal.com now', ['look-alike-domain']],
    ['abc点com', 'abc.com', ['written-out-link']],
    ['https://shop.example.co.uk/a/b', 'example.co.uk', ['link']],
  ] as const)('%s', (raw, text, kinds) => {
    expect(normalise(raw).text).toBe(text)
    expect(kindsOf(raw)).toEqual(kinds)
  })

  it.each([
    'привет мир',
    'v1.2.3 is out',
    'e.g. a.b',
    '你好 世界',
    'wxid_k8x2m',
    'i am a b test',
    '周六 去 钓鱼',
    '好,你 说 了算',
    'see github.com',
    'call 13800138000',
    'room 4b, 50% off',
  ])('leaves ordinary writing alone: %s', raw => {
    expect(normalise(raw)).toEqual({ text: raw, notes: [] })
  })

  it('keeps emoji and says nothing of the joiners inside them', () => {
    expect(normalise('好👩‍👩‍👧吗❤️')).toEqual({ text: '好👩👩👧吗❤', notes: [] })
  })

  it('squeezes repeats and white space but no numbers', () => {
    expect(normalise('哈哈哈哈哈哈\n\n  10000000')).toEqual({ text: '哈哈哈 10000000', notes: [] })
  })

  it('shows what it changed', () => {
    expect(normalise('嗨，加 薇 芯').notes).toEqual([{ kind: 'split', from: '加 薇 芯', to: '加薇芯', count: 1 }])
    expect(normalise('tеlеgrаm whаtsapp').notes).toEqual([
      { kind: 'look-alike', from: 'tеlеgrаm', to: 'telegram', count: 2 },
    ])
  })

  it('looks at a bounded part and says so', () => {
    const { text, notes } = normalise(`${'你好'.repeat(15_000)}`)
    expect(text.length).toBe(longestText)
    expect(notes).toEqual([{ kind: 'shortened', from: '', to: '', count: 10_000 }])
  })

  it('takes any text, gives the same twice, and leaves nothing invisible', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), raw => {
        const once = normalise(raw)
        expect(normalise(raw)).toEqual(once)
        expect(once.text).not.toMatch(/[\p{DI}\p{Cc}\p{Cs}]/u)
      }),
      { numRuns: 200 },
    )
  })

  // Measured at 1 to 26 ms each; a pattern that backtracks would take minutes.
  it.each([
    'a.',
    '加 ',
    'a-',
    '1',
    'http://',
    'x',
    '。dot',
    'аa',
    'a.b',
    '@',
    '点com',
    '\u200b',
    'a\u0301',
    '🧧',
    'ﷺ',
    '.com/',
    '(dot)',
    '-.',
    '0a@',
  ])('takes linear time for %j over and over', piece => {
    const text = piece.repeat(longestText).slice(0, longestText)
    const start = performance.now()
    normalise(text)
    expect(performance.now() - start).toBeLessThan(2_000)
  })
})
