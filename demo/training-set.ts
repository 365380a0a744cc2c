import type { Sample } from '../schemas/sample-set.ts'
import { makeContent } from './content.ts'
import { Random } from './random.ts'

/** Rows of each split. Dev and test also use the templates and words that training never sees, as the stream does. */
export const trainingRows = { train: 6_000, dev: 1_000, test: 2_000 } as const

/** Keeps these texts apart from those of the stream. */
const place = 0x7a41

/** A labelled sample set by the grammar of the stream. */
export function demoTrainingRows(seed: number): Sample[] {
  return (['train', 'dev', 'test'] as const).flatMap((split, part) =>
    Array.from({ length: trainingRows[split] }, (_, index) => row(seed, split, part, index)),
  )
}

function row(seed: number, split: Sample['split'], part: number, index: number): Sample {
  const random = new Random(seed, place, part, index)
  const content = makeContent(random, { vocabulary: split === 'train' ? 'training' : 'all' })
  const fields = { language: content.language, evasion: content.evasion ?? 'none' }
  return { id: `${split}-${index}`, text: content.text, label: content.label, split, fields }
}
