import { parse } from 'tldts'
import { foldAllSigns } from './normalise-look-alikes.ts'
import type { Notes } from './normalisation-note.ts'

/** Names that are imitated often; a domain that only looks like one of them is flagged. Our own list. */
const imitated: ReadonlySet<string> = new Set(
  'alipay amazon apple baidu bilibili binance discord douyin facebook github google instagram jd microsoft netflix paypal qq steam taobao telegram tiktok tmall twitter visa wechat weibo weixin whatsapp xiaohongshu youtube'.split(
    ' ',
  ),
)

const label = String.raw`[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}0-9-]{1,63}`
/** Every part is bounded, so that the time is linear in the length of the text. */
const link = new RegExp(
  String.raw`(?:https?://)?(?:${label}\.){1,6}[a-z]{2,24}(?::\d{1,5})?(?:[/?#][!-~]{0,200})?`,
  'gu',
)
const writtenOut =
  /([a-z0-9-]{2,63}) ?(?:点|。|\(dot\)|\[dot\]|\[\.\]|\(\.\)) ?(com|cn|net|org|top|xyz|vip|cc|io|me|info|shop|site|club)(?![a-z0-9])/gu

/**
 * Cuts a text at its links: the result holds text and domain in turn. Each link is reduced to the domain that somebody
 * registered. Expects lower case.
 */
export function readLinks(text: string, notes: Notes): string[] {
  if (!text.includes('.') && !/点|。|dot/u.test(text)) return [text]
  const plain = text.replace(writtenOut, (written, name: string, suffix: string) => {
    notes.add('written-out-link', written, `${name}.${suffix}`)
    return `${name}.${suffix}`
  })
  const parts: string[] = []
  let end = 0
  for (const match of plain.matchAll(link)) {
    const domain = domainOf(match[0], notes)
    if (domain === undefined) continue
    parts.push(plain.slice(end, match.index), domain)
    end = match.index + match[0].length
  }
  return [...parts, plain.slice(end)]
}

function domainOf(written: string, notes: Notes): string | undefined {
  const { domain, domainWithoutSuffix, publicSuffix, isIcann } = parse(written, { validateHostname: false })
  if (isIcann !== true || domain === null || domainWithoutSuffix === null) return undefined
  const read = readName(domainWithoutSuffix)
  const meant = read === domainWithoutSuffix ? domain : `${read}.${publicSuffix ?? ''}`
  if (meant !== domain) notes.add('look-alike-domain', domain, meant)
  else if (written !== domain) notes.add('link', written, domain)
  return meant
}

/** The imitated name when the written one only looks like it, with or without something hung on; else what was written. */
function readName(name: string): string {
  const folded = foldAllSigns(name).replaceAll('rn', 'm').replaceAll('vv', 'w')
  if (folded === name) return name
  const [head = ''] = folded.split('-')
  return imitated.has(folded) || imitated.has(head) || /[^\u0020-\u007e]/u.test(name) ? folded : name
}
