import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { costOf, sumCalls, usageOf } from './cost.ts'
import { reasoningSplitter, splitReasoning, tagReasoning } from './reasoning.ts'
import { readSchema, readStructured, withProblem, withSchema } from './structured.ts'
import { estimateTokens, readCount } from './usage.ts'

describe('reasoning', () => {
  test('thoughts and answer come apart', () => {
    expect(splitReasoning('<think>\na b\n</think>\n\nHello <b>x</b>')).toEqual({
      text: 'Hello <b>x</b>',
      reasoning: 'a b',
    })
    expect(splitReasoning('plain <thin')).toEqual({ text: 'plain <thin', reasoning: '' })
    expect(splitReasoning('<think>never closed')).toEqual({ text: '', reasoning: 'never closed' })
    expect(splitReasoning('a<think>b</think>c<think>d</think>')).toEqual({ text: 'ac', reasoning: 'bd' })
    expect(splitReasoning(tagReasoning('why', 'so'))).toEqual({ text: 'so', reasoning: 'why' })
  })

  test('however a text is cut into pieces, it comes apart in the same way', () => {
    const piece = fc.constantFrom('<think>', '</think>', '<', 'th', 'ink>', '/', 'words ', '\n', '好')
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.array(fc.nat({ max: 40 }), { maxLength: 6 }),
        (parts, cuts) => {
          const text = parts.join('')
          const splitter = reasoningSplitter()
          let said = ''
          let from = 0
          for (const cut of [...new Set(cuts)].sort((a, b) => a - b)) {
            said += splitter.push(text.slice(from, cut))
            from = Math.max(from, cut)
          }
          said += splitter.push(text.slice(from)) + splitter.end()
          expect({ text: said, reasoning: splitter.reasoning }).toEqual(splitReasoning(text))
        },
      ),
    )
  })
})

describe('cost', () => {
  const call = {
    promptTokens: 1_000,
    completionTokens: 500,
    promptPrice: 0.0000015,
    completionPrice: 0.000002,
    currency: 'USD',
    latencyMs: 1_234.4,
    firstTokenMs: 234,
  }

  test('prices are decimal texts and add up', () => {
    expect(usageOf(call)).toEqual({
      prompt_tokens: 1_000n,
      prompt_unit_price: '0.0015',
      prompt_price_unit: '0.001',
      prompt_price: '0.0015',
      completion_tokens: 500n,
      completion_unit_price: '0.002',
      completion_price_unit: '0.001',
      completion_price: '0.001',
      total_tokens: 1_500n,
      total_price: '0.0025',
      currency: 'USD',
      latency: 1.234,
      time_to_first_token: 0.234,
      time_to_generate: 1,
    })
    expect(costOf(call)).toBeCloseTo(0.0025, 12)
    expect(sumCalls(call, [call, call])).toMatchObject({
      promptTokens: 3_000,
      completionTokens: 1_500,
      firstTokenMs: 234,
    })
  })

  test('an unknown price is 0 and says so', () => {
    expect(usageOf({ ...call, promptPrice: null, completionPrice: null, firstTokenMs: null })).toMatchObject({
      prompt_unit_price: '0',
      prompt_price_unit: '0',
      total_price: '0',
      time_to_generate: 0,
    })
  })

  test('counts of providers are made usable', () => {
    expect([3, -5, 2.6, 1e300, Number.NaN, '7', undefined].map(readCount)).toEqual([
      3,
      0,
      3,
      100_000_000,
      undefined,
      undefined,
      undefined,
    ])
    expect([estimateTokens(''), estimateTokens('four'), estimateTokens('加微信 now')]).toEqual([0, 1, 4])
  })
})

describe('structured answers', () => {
  const schema = {
    type: 'object',
    properties: { answer: { type: 'string' }, score: { type: 'number' } },
    required: ['answer'],
    additionalProperties: false,
  }

  test('what models do to JSON is mended', () => {
    const value = { ok: true, value: { answer: 'x', score: 5n } }
    for (const text of [
      '{"answer": "x", "score": 5}',
      '```json\n{"answer": "x", "score": 5}\n```',
      'Here it is: {"answer": "x", "score": 5,}',
      "{'answer': 'x', 'score': 5}",
      '<think>maybe {"answer": 1}</think>{"answer": "x", "score": 5}',
      '{"answer": "x", "score": 5',
    ]) {
      expect([text, readStructured(text, schema)]).toEqual([text, value])
    }
  })

  test('what does not fit is named', () => {
    expect(readStructured('{"score": "high"}', schema)).toEqual({
      ok: false,
      problem: "the object must have required property 'answer'; /score must be number",
    })
    expect(readStructured('no', schema)).toEqual({ ok: false, problem: 'it holds no JSON object' })
    expect(readStructured('{}', { type: 'nonsense' })).toMatchObject({
      ok: false,
      problem: expect.stringContaining('schema itself') as string,
    })
  })

  test('patterns are not run on answers', () => {
    const start = performance.now()
    const answer = JSON.stringify({ a: `${'a'.repeat(40)}!` })
    expect(
      readStructured(answer, { type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$' } } }),
    ).toMatchObject({ ok: true })
    expect(performance.now() - start).toBeLessThan(1_000)
  })

  test('the schema goes into the one system message; a problem goes to the end', () => {
    const user = { role: 'user', content: 'q' } as const
    const [system, ...rest] = withSchema([{ role: 'system', content: 'Be brief.' }, user], schema)
    expect(system?.content).toContain('Be brief.')
    expect(system?.content).toContain(JSON.stringify(schema))
    expect(rest).toEqual([user])
    expect(withSchema([user], schema).map(({ role }) => role)).toEqual(['system', 'user'])
    expect(withProblem([user], 'bad', 'it is not JSON').map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect([readSchema('{"type":"object"}'), readSchema('no'), readSchema([]), readSchema(null)]).toEqual([
      { type: 'object' },
      undefined,
      undefined,
      undefined,
    ])
  })
})
