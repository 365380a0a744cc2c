import type { DemoLanguage } from '../labels.ts'

interface Templates {
  /** What the text says. */
  readonly cores: readonly string[]
  /** What may be hung on. */
  readonly tails: readonly string[]
}

/** Templates of one label; `{name}` is a slot. Every fourth template is kept out of the training set. */
export interface LabelTexts extends Readonly<Record<DemoLanguage, Templates>> {
  /** Texts that hardly say what they are about: people disagree on them. */
  readonly vague: Readonly<Record<DemoLanguage, readonly string[]>>
}
