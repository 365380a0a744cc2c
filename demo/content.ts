import { evade } from './evasions.ts'
import { accountPattern, makeAccount, write, type Plainness, type Vocabulary } from './grammar.ts'
import { evasionKinds, type DemoLabel, type DemoLanguage, type EvasionKind } from './labels.ts'
import { Weighted, type Random } from './random.ts'
import { fillers } from './texts/slots.ts'

/** A piece of content that people report. */
export interface Content {
  readonly text: string
  readonly language: DemoLanguage
  readonly label: DemoLabel
  readonly plainness: Plainness
  readonly evasion: EvasionKind | null
  /** The text before it was disguised. */
  readonly plain: string
}

/** How often each label is reported; most reports of ordinary talk are mistaken or malicious. */
export const labelShares: readonly (readonly [DemoLabel, number])[] = [
  ['none', 0.36],
  ['spam-ads', 0.19],
  ['off-platform-luring', 0.13],
  ['harassment', 0.14],
  ['sexual', 0.09],
  ['violence', 0.055],
  ['self-harm', 0.035],
]

const labels = new Weighted(labelShares)
const languages = new Weighted<DemoLanguage>([
  ['zh-CN', 0.74],
  ['en', 0.26],
])

const vagueShare = 0.11
const hardShare = 0.28
const evasionShare = 0.2

export interface ContentWish {
  readonly vocabulary: Vocabulary
  readonly label?: DemoLabel
  readonly language?: DemoLanguage
}

export function makeContent(random: Random, wish: ContentWish): Content {
  const label = wish.label ?? labels.draw(random)
  const language = wish.language ?? languages.draw(random)
  const plainness = plainnessOf(random, label)
  const plain = write(random, wish.vocabulary, { label, language, plainness })
  const hidden =
    label !== 'none' && plainness === 'plain' && random.chance(evasionShare) ? disguise(random, plain) : undefined
  return { label, language, plainness, plain, text: hidden?.text ?? plain, evasion: hidden?.kind ?? null }
}

function plainnessOf(random: Random, label: DemoLabel): Plainness {
  if (random.chance(vagueShare)) return 'vague'
  return label === 'none' && random.chance(hardShare) ? 'hard' : 'plain'
}

/** The same text by somebody else: another account, another ending. */
export function vary(random: Random, content: Content): Content {
  const [account, ending] = [makeAccount(random), random.pick(fillers[content.language].behind)]
  const change = (text: string) => `${text.replace(accountPattern, account)}${ending.includes('{') ? '' : ending}`
  return { ...content, text: change(content.text), plain: change(content.plain) }
}

/** Hides the text in the first way that works, beginning anywhere. */
function disguise(random: Random, text: string): { kind: EvasionKind; text: string } | undefined {
  const first = random.below(evasionKinds.length)
  for (let turn = 0; turn < evasionKinds.length; turn += 1) {
    const kind = evasionKinds[(first + turn) % evasionKinds.length] ?? 'zero-width'
    const hidden = evade(random, text, kind)
    if (hidden !== undefined) return { kind, text: hidden }
  }
  return undefined
}
