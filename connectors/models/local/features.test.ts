import { expect, it } from 'vitest'
import { normalise } from '../../../engine/risk/normalise.ts'
import { extract, featureKind, makeFeatures } from './features.ts'

const featuresOf = (text: string) => extract(normalise(text), makeFeatures())

function hashesOf(text: string, kind: number): Set<number> {
  const features = featuresOf(text)
  return new Set(Array.from(features.hashes.subarray(0, features.count)).filter((_, at) => features.kinds[at] === kind))
}

it('gives homophones the same syllables and other characters', () => {
  expect(hashesOf('加薇芯', featureKind.pinyin)).toEqual(hashesOf('嘉微信', featureKind.pinyin))
  expect(hashesOf('加薇芯', featureKind.characters)).not.toEqual(hashesOf('嘉微信', featureKind.characters))
})

it('counts n-grams of characters, syllables and words', () => {
  // With a space at both ends: 4 characters give 4 + 3 + 2 + 1.
  expect(hashesOf('你好', featureKind.characters).size).toBe(9)
  expect(featuresOf('你好').count).toBe(11)
  expect(hashesOf('add me now', featureKind.word).size).toBe(5)
})

it('notes what was hidden, not how it is written', () => {
  expect(featuresOf('加\u200b我').notes).toEqual(['invisible'])
  expect(featuresOf('請ＡＢＣ').notes).toEqual([])
})

it('grows for a longer text and stays right for a shorter one after it', () => {
  const small = makeFeatures(4)
  const long = extract(normalise('很长'.repeat(400)), small)
  expect(long.length).toBe(802)
  const again = extract(normalise('短'), long)
  expect(again).toBe(long)
  expect(again.count).toBe(featuresOf('短').count)
})
