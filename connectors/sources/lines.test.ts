import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutCsv, cutLines, type TextRow } from './lines.ts'

function csv(text: string, ...cuts: number[]): TextRow[] {
  const cutter = cutCsv()
  const edges = [0, ...cuts, text.length]
  const pieces = edges.slice(1).flatMap((end, index) => cutter.push(text.slice(edges[index], end)))
  return [...pieces, ...cutter.end()]
}

describe('cutCsv', () => {
  it('numbers rows by their first line and skips empty lines', () => {
    expect(csv('a,b\r\n\n1,"two\nlines"\n2,x')).toEqual([
      { line: 1, text: 'a,b', error: null },
      { line: 3, text: '1,"two\nlines"', error: null },
      { line: 5, text: '2,x', error: null },
    ])
  })

  it('knows quotes inside a field from quotes around it', () => {
    expect(csv('a,he said "hi\nb,"say ""yes"", please"\nc').map(row => row.line)).toEqual([1, 2, 3])
  })

  it('gives up the line of a quote that is never closed, and nothing behind it', () => {
    expect(csv('1,a\n2,"open\n3,c\n4,"whole"\n')).toEqual([
      { line: 1, text: '1,a', error: null },
      { line: 2, text: '2,"open\n3,c\n4,"whole"', error: null },
    ])
    expect(csv('1,a\n2,"open\n3,c\n4,d\n')).toEqual([
      { line: 1, text: '1,a', error: null },
      { line: 2, text: '2,"open', error: 'a quote is never closed' },
      { line: 3, text: '3,c', error: null },
      { line: 4, text: '4,d', error: null },
    ])
  })

  it('gives the same rows however the text is cut', () => {
    const text = '﻿a,b\r\n1,"x\r\ny""z"\r\n\r\n2,no "quote\n3,"last'
    const whole = csv(text)
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 6 }), cuts => {
        expect(csv(text, ...cuts.sort((a, b) => a - b))).toEqual(whole)
      }),
    )
  })

  it('does not keep an endless line', () => {
    const cutter = cutLines()
    const rows = Array.from({ length: 6 }, () => cutter.push('x'.repeat(256 * 1024))).flat()
    expect(rows.map(row => row.error)).toEqual(['the line has more than 1048576 characters'])
    expect([...cutter.push('rest\nnext\n'), ...cutter.end()]).toEqual([{ line: 2, text: 'next', error: null }])
  })
})
