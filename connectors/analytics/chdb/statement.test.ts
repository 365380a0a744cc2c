import { describe, expect, it } from 'vitest'
import { readStatement, settingsPrefix } from './statement.ts'

const address = (query: string): URL => new URL(`http://chdb/?${query}`)

describe('readStatement', () => {
  it('takes an insert from the address, and its settings without those of the interface', () => {
    const query = encodeURIComponent('INSERT INTO decisions FORMAT JSONEachRow')
    const text = `query=${query}&query_id=1&database=riskloom&wait_end_of_query=1&async_insert=0`
    expect(readStatement(address(text), Buffer.from('{}'))).toEqual({
      kind: 'insert',
      table: 'decisions',
      settings: new Map([['async_insert', '0']]),
    })
  })
  it.each([
    'INSERT INTO decisions FORMAT CSV',
    'INSERT INTO decisions; DROP TABLE events FORMAT JSONEachRow',
    'INSERT INTO decisions SETTINGS readonly = 0 FORMAT JSONEachRow',
  ])('refuses %s', text => {
    expect(() => readStatement(address(`query=${encodeURIComponent(text)}`), Buffer.alloc(0))).toThrow('not an insert')
  })
  it('tells reads from commands', () => {
    expect(readStatement(address('readonly=2'), Buffer.from('SELECT 1')).kind).toBe('read')
    expect(readStatement(address(''), Buffer.from('SELECT 1')).kind).toBe('command')
  })
  it('refuses what is no name of a setting', () => {
    expect(() => readStatement(address('a%3D1%3B=2'), Buffer.alloc(0))).toThrow('not a setting')
  })
})

describe('settingsPrefix', () => {
  it('sets, and takes back what an earlier statement set', () => {
    const settings = new Map([['max_threads', '1']])
    expect(settingsPrefix(settings, new Set(['max_threads', 'final', 'param_text']))).toBe(
      "SET max_threads = '1'; SET final = DEFAULT; ",
    )
  })
  it('keeps values inside their quotes', () => {
    const settings = new Map([['param_text', "it's \\ '; DROP TABLE events; --"]])
    expect(settingsPrefix(settings, new Set())).toBe("SET param_text = 'it\\'s \\\\ \\'; DROP TABLE events; --'; ")
  })
})
