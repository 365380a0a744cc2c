import { expect, it } from 'vitest'
import { Sample } from '../schemas/sample-set.ts'
import { historyStream } from './history.ts'
import { demoLabels } from './labels.ts'
import { demoTrainingRows, trainingRows } from './training-set.ts'

const rows = demoTrainingRows(7)

it('is a sample set with three splits and every label in each', () => {
  expect(rows).toHaveLength(trainingRows.train + trainingRows.dev + trainingRows.test)
  for (const row of rows.slice(0, 200)) expect(Sample.parse(row)).toEqual(row)
  for (const split of ['train', 'dev', 'test']) {
    expect(new Set(rows.filter(row => row.split === split).map(row => row.label))).toEqual(new Set(demoLabels))
  }
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
})

it('is the same each time, and another with another seed', () => {
  expect(demoTrainingRows(7)).toEqual(rows)
  expect(demoTrainingRows(8)).not.toEqual(rows)
})

it('never shows the training rows what is kept for the stream', () => {
  // The fourth of the templates of spam-ads.
  const kept = /新店开业全场/
  const train = rows.filter(row => row.split === 'train').map(row => row.text)
  const test = rows.filter(row => row.split === 'test').map(row => row.text)
  expect(test.some(text => kept.test(text))).toBe(true)
  expect(train.some(text => kept.test(text))).toBe(false)
})

it('shares few texts with the stream', () => {
  const train = new Set(rows.filter(row => row.split === 'train').map(row => row.text))
  const stream = historyStream({
    seed: 7,
    to: Date.parse('2026-11-24T10:30:00Z'),
    days: 7,
    count: 60_000,
    utcOffsetMinutes: 0,
  })
  const texts = Array.from({ length: 5_000 }, (_, index) => String(stream.eventAt(index * 12).data['text']))
  expect(texts.filter(text => train.has(text)).length / texts.length).toBeLessThan(0.2)
})
