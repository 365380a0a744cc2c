import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SourceRow } from '../../engine/ports/source-reader.ts'
import type { Source } from '../../schemas/source.ts'
import { fileReader } from './file.ts'

let folder: string
let files = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'riskloom-source-'))
})

afterAll(() => rm(folder, { recursive: true }))

async function source(content: string | Uint8Array, map: Record<string, string>, name = 'rows.csv'): Promise<Source> {
  files += 1
  const path = join(folder, `${files}-${name}`)
  await writeFile(path, content)
  return sourceOf(path, map, /jsonl/.test(name) ? 'jsonl' : 'csv')
}

function sourceOf(path: string, map: Record<string, string>, format: 'csv' | 'jsonl' = 'csv'): Source {
  return {
    v: 1,
    workspace: 'acme',
    name: 'cold',
    incarnation: 1,
    partitions: 2,
    settings: { kind: 'file', path, format, eventType: 'report', map },
    status: 'reading',
    error: null,
    demo: false,
    createdAt: 0,
  }
}

async function read(from: Source): Promise<SourceRow[]> {
  const rows: SourceRow[] = []
  for await (const chunk of fileReader.read(from, new AbortController().signal)) rows.push(...chunk)
  return rows
}

function events(rows: readonly SourceRow[]): unknown[] {
  return rows.map(row => (row.error === null ? JSON.parse(row.value) : `${row.line}: ${row.error}: ${row.value}`))
}

const base = { specversion: '1.0', source: 'cold', type: 'report' }

describe('CSV', () => {
  it('reads the shape of a data frame: byte order mark, unnamed first column, quotes, empty fields', async () => {
    const from = await source('\ufeff,split,TEXT\r\n1949,test,"说 ""好"", 再见"\r\n7,,x\r\n', {
      id: '',
      text: 'TEXT',
      'attributes.split': 'split',
    })
    await fileReader.check(from)
    expect(events(await read(from))).toEqual([
      { ...base, id: '1949', data: { text: '说 "好", 再见', attributes: { split: 'test' } } },
      { ...base, id: '7', data: { text: 'x' } },
    ])
  })

  it('counts rows that do not fit, with their lines, and goes on', async () => {
    const from = await source(
      'text,surface\na,post\nb\nc,post,more\n"d,post\ne,"post"\nf,said "so"\n"two\nlines",post\ng\u0000h,post\n',
      { text: 'text', surface: 'surface' },
    )
    expect(events(await read(from))).toEqual([
      { ...base, id: 'cold-2', data: { text: 'a', surface: 'post' } },
      '3: expected 2 columns, found 1: b',
      '4: expected 2 columns, found 3: c,post,more',
      '5: a quote is never closed: "d,post',
      { ...base, id: 'cold-6', data: { text: 'e', surface: 'post' } },
      { ...base, id: 'cold-7', data: { text: 'f', surface: 'said "so"' } },
      { ...base, id: 'cold-8', data: { text: 'two\nlines', surface: 'post' } },
      { ...base, id: 'cold-10', data: { text: 'g\u0000h', surface: 'post' } },
    ])
  })

  it('takes columns by their names without a map', async () => {
    const from = await source('id,text,topic\n1,hello,race\n', {})
    expect(events(await read(from))).toEqual([
      { ...base, id: '1', data: { text: 'hello', attributes: { topic: 'race' } } },
    ])
  })

  it('writes common times as RFC 3339', async () => {
    const from = await source(
      'text,at\na,2026-01-02 03:04:05\nb,2026-01-02\nc,1764000000\nd,2026-01-02T03:04:05+0800\ne,soon\n',
      { text: 'text', time: 'at' },
    )
    expect((await read(from)).map(row => (JSON.parse(row.value) as { time: string }).time)).toEqual([
      '2026-01-02T03:04:05Z',
      '2026-01-02T00:00:00Z',
      '2025-11-24T16:00:00.000Z',
      '2026-01-02T03:04:05+08:00',
      'soon',
    ])
  })

  it.each([
    [
      'a column that is not there',
      'TEXT,a\n1,2\n',
      { text: 'text' },
      'rows.csv',
      /map\.data\.text: .* has no column "text"; it has TEXT, a/,
    ],
    [
      'a column that is there twice',
      'a,a\n1,2\n',
      { text: 'a' },
      'rows.csv',
      /map\.data\.text: .* has the column "a" twice/,
    ],
    ['an empty file', '', { text: 'a' }, 'rows.csv', /has no header row/],
    ['another encoding', Buffer.from([0xd6, 0xd0, 0x2c, 0xce, 0xc4]), { text: 'a' }, 'rows.csv', /is not UTF-8/],
    ['a packed file with the wrong name', gzipSync('a\n1\n'), { text: 'a' }, 'rows.csv', /its name must end in \.gz/],
    ['a plain file named as packed', 'a\n1\n', { text: 'a' }, 'rows.csv.gz', /is not packed with gzip/],
  ])('refuses %s before anything is read', async (_what, content, map, name, expected) => {
    await expect(fileReader.check(await source(content, map, name))).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringMatching(expected),
    })
  })

  it('refuses a path where no file is', async () => {
    await expect(fileReader.check(sourceOf(join(folder, 'none.csv'), {}))).rejects.toThrow(
      /file\.path: .*none\.csv cannot be opened/,
    )
    await expect(fileReader.check(sourceOf(folder, {}))).rejects.toThrow(/is no file/)
  })

  it('unpacks gzip and accepts characters at the border of a piece', async () => {
    const text = '好'.repeat(40_000)
    const from = await source(gzipSync(`text\n${text}\n`), { text: 'text' }, 'rows.csv.gz')
    await fileReader.check(from)
    expect(events(await read(from))).toEqual([{ ...base, id: 'cold-2', data: { text } }])
    const plain = await source(`text\n${text}\n`, { text: 'text' })
    await fileReader.check(plain)
    expect(events(await read(plain))).toHaveLength(1)
  })
})

describe('JSON Lines', () => {
  it('maps fields, keeps numbers as they were written and names lines that are no object', async () => {
    const from = await source(
      '{"prompt":"hi","n":1.0,"id":9007199254740993}\n\nnot json\n[1]\n{"prompt":null}\n',
      { text: 'prompt', id: 'id', 'attributes.n': 'n' },
      'rows.jsonl',
    )
    const rows = await read(from)
    expect(rows[0]?.value).toBe(
      '{"specversion":"1.0","id":"9007199254740993","source":"cold","type":"report","data":{"text":"hi","attributes":{"n":1.0}}}',
    )
    expect(rows.slice(1).map(row => [row.line, row.error === null])).toEqual([
      [3, false],
      [4, false],
      [5, true],
    ])
  })

  it('takes an event as it is', async () => {
    const line = '{"specversion":"1.0","id":"a","source":"s","type":"report","subject":"u","data":{"text":"x"}}'
    expect(await read(await source(`${line}\n`, {}, 'rows.jsonl'))).toEqual([
      { line: 1, key: 'u', value: line, error: null },
    ])
  })

  it('does not let a field name reach the prototype', async () => {
    const rows = await read(
      await source(
        '{"__proto__":{"polluted":true},"text":"x"}\n',
        { 'attributes.__proto__.polluted': 'text' },
        'rows.jsonl',
      ),
    )
    expect(rows[0]?.error).toBeNull()
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })
})
