import { demoLabels, type DemoLabel, type DemoLanguage } from './labels.ts'
import type { Random } from './random.ts'
import { harassment } from './texts/harassment.ts'
import type { LabelTexts } from './texts/label-texts.ts'
import { hardNone, none } from './texts/none.ts'
import { offPlatformLuring } from './texts/off-platform-luring.ts'
import { selfHarm } from './texts/self-harm.ts'
import { sexual } from './texts/sexual.ts'
import { fillers, slots } from './texts/slots.ts'
import { spamAds } from './texts/spam-ads.ts'
import { violence } from './texts/violence.ts'

/** Which part of templates and words may be used: the training rows never see every fourth of them. */
export type Vocabulary = 'training' | 'all'

/** How plainly a text says what it is: `hard` texts of `none` use the words of the others. */
export type Plainness = 'plain' | 'vague' | 'hard'

const textsOf: Readonly<Record<DemoLabel, LabelTexts>> = {
  none,
  'spam-ads': spamAds,
  'off-platform-luring': offPlatformLuring,
  harassment,
  sexual,
  violence,
  'self-harm': selfHarm,
}

export interface Wording {
  readonly label: DemoLabel
  readonly language: DemoLanguage
  readonly plainness: Plainness
}

/** One text of a label, put together from templates and words. */
export function write(random: Random, vocabulary: Vocabulary, wording: Wording): string {
  const { label, language, plainness } = wording
  const texts = plainness === 'hard' ? hardNone : textsOf[label]
  if (plainness === 'vague')
    return fill(random, vocabulary, language, choose(random, vocabulary, texts.vague[language]))
  const { cores, tails } = texts[language]
  const filler = fillers[language]
  let template = choose(random, vocabulary, cores)
  const second = secondOf(random, label)
  if (second !== undefined) template += joint[language] + choose(random, vocabulary, textsOf[second][language].cores)
  if (random.chance(0.4)) template = choose(random, vocabulary, filler.before) + template
  if (random.chance(0.45)) template += choose(random, vocabulary, tails)
  if (random.chance(0.3)) template += choose(random, vocabulary, filler.behind)
  return fill(random, vocabulary, language, template)
}

/** Label of a second sentence. Where it is another offence the text keeps the label of the first, as a reviewer would file it. */
function secondOf(random: Random, label: DemoLabel): DemoLabel | undefined {
  const place = random.next()
  if (place < 0.13) return label
  return label === 'none' || place > 0.2 ? undefined : random.pick(demoLabels)
}

const joint: Readonly<Record<DemoLanguage, string>> = { 'zh-CN': '。', en: '. ' }

/** Every fourth item is for `all` only. A list of fewer than four is whole for both. */
function choose(random: Random, vocabulary: Vocabulary, items: readonly string[]): string {
  if (vocabulary === 'all' || items.length < 4) return random.pick(items)
  const place = random.below(items.length - Math.floor(items.length / 4))
  return items[place + Math.floor(place / 3)] ?? random.pick(items)
}

/** Templates cut into text and slot names, in turn; cut once. */
const cut = new Map<string, readonly string[]>()

function fill(random: Random, vocabulary: Vocabulary, language: DemoLanguage, template: string): string {
  let pieces = cut.get(template)
  if (pieces === undefined) {
    pieces = template.split(/[{}]/u)
    // Joined templates are many: keep the memory small and cut the rest again.
    if (cut.size < 4_000) cut.set(template, pieces)
  }
  let text = ''
  for (let at = 0; at < pieces.length; at += 1) {
    const piece = pieces[at] ?? ''
    text += at % 2 === 0 ? piece : wordFor(random, vocabulary, language, piece)
  }
  return text
}

function wordFor(random: Random, vocabulary: Vocabulary, language: DemoLanguage, slot: string): string {
  if (slot === 'account') return makeAccount(random)
  if (slot === 'site') return site(random)
  return choose(random, vocabulary, slots[language][slot] ?? [slot])
}

const syllables = [
  'xi',
  'lan',
  'mo',
  'qing',
  'yu',
  'bao',
  'ke',
  'zi',
  'lin',
  'hua',
  'feng',
  'mei',
  'dan',
  'wu',
  'shan',
  'tao',
]

/** Account names as `makeAccount` writes them. */
export const accountPattern = /[a-z]{4,12}\d{3,5}|\d{6,9}/u

export function makeAccount(random: Random): string {
  const digits = String(100 + random.below(99_900))
  if (random.chance(0.3)) return `${1 + random.below(9)}${digits}${random.below(10)}${random.below(10)}`
  return `${random.pick(syllables)}${random.pick(syllables)}${digits}`
}

/** Names that the look-alike domains of `evasions.ts` imitate. */
export const imitatedSites = [
  'taobao.com',
  'alipay.com',
  'paypal.com',
  'weixin.com',
  'google.com',
  'douyin.com',
  'tiktok.com',
  'telegram.org',
] as const

function site(random: Random): string {
  return random.pick(imitatedSites)
}
