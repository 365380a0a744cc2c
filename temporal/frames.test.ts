import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FileValue } from '../engine/values/value.ts'
import { decodeFrame, encodeFrame, type Frame } from './frames.ts'

/** Frames as version 1 wrote them. This file never changes: every later version must read it. */
const frozen = readFileSync(new URL('./fixtures/frames.v1.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')

const meaning: Frame[] = [
  {
    type: 'accepted',
    runId: '0193a1b2-0000-7000-8000-000000000001',
    appId: 'report-triage',
    versionId: '0193a1b2-0000-7000-8000-0000000000aa',
    purpose: 'live',
    user: 'u1',
    inputs: {
      integer: 1n,
      float: 1,
      large: 9_223_372_036_854_775_807n,
      text: '你好',
      file: new FileValue({
        type: 'image',
        transferMethod: 'remote_url',
        name: 'a.png',
        extension: '.png',
        mimeType: 'image/png',
        size: 67,
        url: 'https://example.com/a.png',
        relatedId: '',
      }),
    },
    at: 1_795_472_640_123,
  },
  {
    type: 'completed',
    item: '',
    itemAttempt: 1,
    node: 'llm',
    attempt: 2,
    startedAt: 1_795_472_640_123,
    elapsedMs: 17.5,
    at: 1_795_472_640_141,
    outcome: {
      ok: true,
      inputs: { q: 'x' },
      outputs: { text: 'y', tokens: 3n },
      verdict: {
        label: 'spam',
        labels: ['spam'],
        score: 0.93,
        action: 'remove',
        reason: '',
        policyId: 'ads',
        policyClause: '1',
        policyVersion: 3,
      },
      modelCalls: [
        {
          id: '0193a1b2-0000-7000-8000-0000000000bb',
          nodeId: 'llm',
          provider: 'openai',
          model: 'small',
          kind: 'llm',
          status: 'succeeded',
          error: null,
          promptTokens: 19,
          completionTokens: 15,
          cost: 0.0000012,
          startedAt: 1_795_472_640_123,
          elapsedMs: 17,
          firstTokenMs: null,
        },
      ],
    },
  },
  {
    type: 'completed',
    item: '0/41',
    itemAttempt: 2,
    node: 'call',
    attempt: 1,
    startedAt: 1_795_472_640_123,
    elapsedMs: 3,
    at: 1_795_472_640_126,
    outcome: { ok: false, inputs: {}, error: '429', errorType: 'model-rate-limited', transient: true, retryAfter: 2 },
  },
  { type: 'released' },
]

test.each(meaning.map((frame, line) => [line, frame] as const))(
  'line %i of the frozen frames means what it meant',
  (line, frame) => {
    expect(decodeFrame(new TextEncoder().encode(frozen[line] ?? ''))).toEqual(frame)
  },
)

test('what is written now is read as it was', () => {
  for (const frame of meaning) expect(decodeFrame(encodeFrame(frame))).toEqual(frame)
  expect(frozen).toHaveLength(meaning.length)
})

test.each([
  ['', 'corrupt-data'],
  ['{"v":1', 'corrupt-data'],
  ['[]', 'no object'],
  ['{"type":"released"}', 'v is no number'],
  ['{"v":2,"type":"released"}', 'version 2 is not known'],
  ['{"v":1,"type":"future"}', 'type future is not known'],
  ['{"v":1,"type":"accepted","runId":1}', 'runId is no text'],
  [
    '{"v":1,"type":"completed","item":"","itemAttempt":1,"node":"n","attempt":1,"startedAt":1,"elapsedMs":1,"at":1,"outcome":{}}',
    'no result of a node',
  ],
])('%s is no frame', (text, why) => {
  expect(() => decodeFrame(new TextEncoder().encode(text))).toThrow(
    expect.objectContaining(
      why === 'corrupt-data' ? { code: why } : { code: 'corrupt-data', message: expect.stringContaining(why) },
    ),
  )
})

test('bytes that are no text are no frame', () => {
  expect(() => decodeFrame(Uint8Array.of(0x7b, 0xff, 0x7d))).toThrow(expect.objectContaining({ code: 'corrupt-data' }))
})
