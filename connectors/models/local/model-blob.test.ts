import { describe, expect, it } from 'vitest'
import { codeOf } from '../../../engine/error.ts'
import type { LinearModel } from './linear-model.ts'
import { decodeModel, encodeModel } from './model-blob.ts'

function smallModel(): LinearModel {
  const weights = new Int16Array(3 << 10)
  weights.set([5, -32_767, 0], 3 * 7)
  weights.set([1, 2, 3], 3 * 1_023)
  return {
    labels: ['a', '乙', 'c'],
    hashBits: 10,
    temperature: 0.7,
    bias: [0.1, -0.2, 0.3],
    steps: [0.001, 0.002, 0.003],
    weights,
  }
}

describe('the bytes of a classifier', () => {
  it('come back as they were', () => {
    expect(decodeModel(encodeModel(smallModel()), 'x')).toEqual(smallModel())
  })

  it('hold only the buckets that have weights', () => {
    expect(encodeModel(smallModel()).length).toBeLessThan(500)
  })

  it.each([
    ['nothing', () => new Uint8Array()],
    ['something else', () => Buffer.from('PK\u0003\u0004 and so on')],
    ['half of it', () => encodeModel(smallModel()).slice(0, 150)],
    ['a byte too many', () => Buffer.concat([encodeModel(smallModel()), Buffer.of(0)])],
    [
      'another version',
      () => Buffer.from(Buffer.from(encodeModel(smallModel())).toString('latin1').replace('"v":1', '"v":2'), 'latin1'),
    ],
    [
      'a header that is no JSON',
      () => Buffer.from(Buffer.from(encodeModel(smallModel())).toString('latin1').replace('{"v"', '["v"'), 'latin1'),
    ],
  ])('are refused when they are %s', (_, bytes) => {
    try {
      decodeModel(bytes(), 'acme/classifiers/abc')
      expect.unreachable()
    } catch (error) {
      expect(codeOf(error)).toBe('corrupt-data')
      expect(String(error)).toContain('acme/classifiers/abc')
    }
  })
})
