import { register } from 'prom-client'
import { beforeEach, expect, test } from 'vitest'
import { RiskloomError } from '../../engine/error.ts'
import { pinoTelemetry } from './index.ts'

let lines: string[] = []
beforeEach(() => {
  lines = []
})
const destination = { write: (line: string) => void lines.push(line) }

test('a line is one JSON object with time, level, message and fields', () => {
  const telemetry = pinoTelemetry({ level: 'info', destination })
  telemetry.log('info', 'batch sealed', { pipeline: 'reports', events: 512, big: 9_007_199_254_740_993n })
  telemetry.log('debug', 'not wanted')
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    message: 'batch sealed',
    fields: { pipeline: 'reports', events: 512, big: '9007199254740993' },
  })
})

test('line breaks and terminal codes never leave as such', () => {
  const telemetry = pinoTelemetry({ level: 'info', destination })
  telemetry.log('warn', 'a\nb\u001b[31mred\u009b2J\u2028\u007f', { 'evil\u009bname\n': 'x\r\ny\u0085' })
  expect(lines[0]).toMatch(/^[\x20-\x7e]+\n$/)
  expect(lines[0]?.trimEnd().split('\n')).toHaveLength(1)
})

test('secrets are not written, whatever holds them', () => {
  const telemetry = pinoTelemetry({ level: 'info', destination })
  telemetry.log('error', 'call failed with Bearer abcdef123456', {
    headers: { Authorization: 'Bearer sk-1234567890abcdef1234', cookie: ['sid=1'], accept: 'text/html' },
    apiKey: 'k-1',
    api_key: 'k-2',
    accessToken: 'k-3',
    password: { nested: 'k-4' },
    tokens: 17,
    note: 'used sk-proj-ABCDEFGHIJKLMNOP1234 twice',
  })
  const text = lines[0] ?? ''
  for (const secret of ['abcdef123456', 'sid=1', 'k-1', 'k-2', 'k-3', 'k-4', 'ABCDEFGHIJKLMNOP'])
    expect(text).not.toContain(secret)
  expect(JSON.parse(text)).toMatchObject({ fields: { tokens: 17, headers: { accept: 'text/html' } } })
})

test('personal data is masked in texts, other numbers stay', () => {
  const telemetry = pinoTelemetry({ level: 'info', destination })
  telemetry.log('info', 'mail to zhang.wei@example.com', {
    phone: '加我 13812345678 或 +86 139 1234 5678',
    abroad: '+1 415-555-0100 now',
    identity: '身份证11010519491231002X',
    spaced: 'id 11010519491231002X.',
    card: '6222 0212 3456 7894, 4111111111111111',
    time: 1_795_472_640_123,
    order: '1795472640123',
    run: '0193a1b2-1234-7abc-8def-138123456789',
  })
  const { message, fields } = JSON.parse(lines[0] ?? '')
  expect(message).toBe('mail to z***@example.com')
  expect(fields.phone).not.toMatch(/\d{5}/)
  expect(fields.abroad).toBe('141***00 now')
  expect(fields.spaced).toBe('id 110***X.')
  expect(fields.card).toContain('411***11')
  expect(fields).toMatchObject({
    time: 1_795_472_640_123,
    order: '1795472640123',
    run: '0193a1b2-1234-7abc-8def-138123456789',
  })
})

test('an error keeps code, cause and stack; a circle and a throwing field do no harm', () => {
  const telemetry = pinoTelemetry({ level: 'info', destination })
  telemetry.log('error', 'failed', {
    error: new RiskloomError('model-failed', 'no answer for a@b.example', { cause: new TypeError('socket closed') }),
  })
  expect(JSON.parse(lines[0] ?? '').fields.error).toMatchObject({
    code: 'model-failed',
    message: 'no answer for a***@b.example',
    cause: { message: 'socket closed' },
  })
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  telemetry.log('info', 'circle', circle)
  telemetry.log('info', 'throws', {
    get bad() {
      throw new Error('getter')
    },
  })
  expect(lines).toHaveLength(3)
  expect(lines.map(line => JSON.parse(line).message)).toEqual(['failed', 'circle', 'telemetry refused a value'])
})

test('metrics carry our names, durations are seconds, the process and its event loop are measured', async () => {
  const telemetry = pinoTelemetry({ level: 'silent', destination })
  telemetry.count('runs', 2, { status: 'succeeded' })
  telemetry.count('runs', 1, { status: 'succeeded' })
  telemetry.gauge('journal-lag', 7)
  telemetry.observe('run', 250, { purpose: 'live' })
  const text = await telemetry.metrics()
  expect(text).toContain('riskloom_runs_total{status="succeeded"} 3')
  expect(text).toContain('riskloom_journal_lag 7')
  expect(text).toContain('riskloom_run_seconds_sum{purpose="live"} 0.25')
  expect(text).toContain('process_resident_memory_bytes')
  expect(text).toContain('nodejs_eventloop_lag_seconds')
  expect(await register.getMetricsAsJSON()).toEqual([])
})

test('wrong use of a metric never throws, and many labels never grow without end', async () => {
  const telemetry = pinoTelemetry({ level: 'error', destination })
  telemetry.count('odd', -1)
  telemetry.count('odd', 1, { unknown: 'x' })
  expect(lines).toHaveLength(1)
  for (let number = 0; number < 2_000; number += 1) telemetry.count('events', 1, { source: `s${number}` })
  const rows = (await telemetry.metrics()).split('\n').filter(line => line.startsWith('riskloom_events_total{'))
  expect(rows).toHaveLength(501)
  expect(rows.at(-1)).toBe('riskloom_events_total{source="other"} 1500')
})
