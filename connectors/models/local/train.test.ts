import { describe, expect, it } from 'vitest'
import { codeOf } from '../../../engine/error.ts'
import type { Sample } from '../../../schemas/sample-set.ts'
import { classifyText } from './classify.ts'
import { decodeModel } from './model-blob.ts'
import { seededRandom } from './random.ts'
import { mostLabels } from './settings.ts'
import { trainClassifier } from './train.ts'

const words = {
  fruit: ['apple', 'pear', '苹果', '香蕉', 'plum'],
  tool: ['hammer', 'saw', '锤子', '扳手', 'drill'],
} as const

/** Rows of two labels, each with two of its words; every tenth is labelled wrongly, so that nobody can be sure. */
function rows(splits: readonly Sample['split'][], count = 600): Sample[] {
  const random = seededRandom(5)
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] ?? items[0]
  return Array.from({ length: count }, (_, index) => {
    const label = random() < 0.5 ? 'fruit' : 'tool'
    const text = `${pick(words[label])} and ${pick(words[label])} today`
    const told = random() < 0.1 ? (label === 'fruit' ? 'tool' : 'fruit') : label
    return { id: `r${index}`, text, label: told, split: splits[index % splits.length] ?? 'train' }
  })
}

const splits = ['train', 'train', 'train', 'dev', 'test'] as const

describe('training', () => {
  it('learns, calibrates and reports on rows it was not trained on', () => {
    const { bytes, report } = trainClassifier(rows(splits))
    expect(report.rows).toEqual({ train: 360, dev: 120, test: 120 })
    expect(report.splitMade).toBe(false)
    expect(report.labels).toEqual(['fruit', 'tool'])
    // Nine of ten rows are labelled rightly: no honest figure lies far above.
    expect(report.quality.accuracy.value).toBeGreaterThan(0.8)
    expect(report.quality.accuracy.value).toBeLessThan(0.97)
    expect(report.quality.confusion.flat().reduce((sum, n) => sum + n, 0)).toBe(120)
    expect(report.calibration.temperature).not.toBe(1)
    expect(report.bytes).toBe(bytes.length)

    const result = classifyText(decodeModel(bytes, 'x'), 3, '一个香蕉 and an APPLE', true)
    expect(result.labels[0]).toMatchObject({ label: 'fruit' })
    expect(result.labels.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1)
    expect(result.evidence.map(({ feature }) => feature).join(' ')).toMatch(/香蕉.*apple|apple.*香蕉/)
    expect(result).toMatchObject({ normalised: '一个香蕉 and an apple', classifierVersion: 3 })
  })

  it('makes the same bytes of the same rows, and others with another seed', () => {
    const first = trainClassifier(rows(splits)).bytes
    expect(trainClassifier(rows(splits)).bytes).toEqual(first)
    expect(trainClassifier(rows(splits), { seed: 2 }).bytes).not.toEqual(first)
  })

  it('holds rows out by itself when a split is missing', () => {
    const { report } = trainClassifier(rows(['train']))
    expect(report.splitMade).toBe(true)
    expect(report.rows).toEqual({ train: 480, dev: 60, test: 60 })
  })

  it('refuses rows it cannot learn from', () => {
    const one = rows(splits).map(row => ({ ...row, label: 'same' }))
    const many = rows(splits).map((row, index) => ({ ...row, label: `label-${index % (mostLabels + 1)}` }))
    for (const wrong of [[], one, many]) {
      try {
        trainClassifier(wrong)
        expect.unreachable()
      } catch (error) {
        expect(codeOf(error)).toBe('invalid-request')
      }
    }
  })
})
