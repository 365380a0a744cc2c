/** A line, or several where a quoted field goes over line ends, with the number of the first. */
export interface TextRow {
  /** From 1. */
  readonly line: number
  readonly text: string
  /** Why it is no row. */
  readonly error: string | null
}

/** Largest row, in characters. More than that is a quote that was never closed, or no text file. */
const maxRow = 1024 * 1024
/** What is kept of a row that is too large. */
const keptOfRow = 64 * 1024

/** Cuts text that arrives in pieces into rows. */
export interface RowCutter {
  push(text: string): TextRow[]
  end(): TextRow[]
}

export function cutLines(): RowCutter {
  return cutRows(() => 'closed')
}

/** As `cutLines`, but a quoted field may go over line ends. A quote that is never closed makes one bad row, not the rest of the file. */
export function cutCsv(): RowCutter {
  return cutRows(quotes)
}

type Quotes = 'closed' | 'open'

/** `join` says whether a line, behind the lines that `state` describes, ends inside quotes. */
function cutRows(join: (line: string, state: Quotes) => Quotes): RowCutter {
  let rest = ''
  let number = 0
  /** Lines of a row whose quotes are still open. */
  let held: string[] = []
  let heldLength = 0
  let state: Quotes = 'closed'

  function take(line: string, rows: TextRow[]): void {
    number += 1
    if (held.length === 0 && line === '') return
    state = join(line, state)
    held.push(line)
    heldLength += line.length + 1
    if (state === 'closed') {
      rows.push({ line: number - held.length + 1, text: held.join('\n'), error: null })
      clear()
    } else if (heldLength > maxRow) {
      giveUp(rows)
    }
  }

  function clear(): void {
    held = []
    heldLength = 0
    state = 'closed'
  }

  /** The first held line is the bad one; those behind it are tried as rows of their own. */
  function giveUp(rows: TextRow[]): void {
    const [first = '', ...others] = held
    const line = number - held.length + 1
    rows.push({ line, text: first.slice(0, keptOfRow), error: 'a quote is never closed' })
    number = line
    clear()
    for (const other of others) take(other, rows)
  }

  function tooLong(rows: TextRow[]): void {
    number += 1
    rows.push({ line: number, text: rest.slice(0, keptOfRow), error: `the line has more than ${maxRow} characters` })
    clear()
  }

  let skipping = false
  return {
    push(text) {
      const rows: TextRow[] = []
      let from = 0
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
        if (!skipping) take(trimReturn(rest + text.slice(from, end)), rows)
        skipping = false
        rest = ''
        from = end + 1
      }
      if (!skipping) rest += text.slice(from)
      if (rest.length > maxRow) {
        tooLong(rows)
        rest = ''
        skipping = true
      }
      return rows
    },
    end() {
      const rows: TextRow[] = []
      if (!skipping && rest !== '') take(trimReturn(rest), rows)
      while (held.length > 0) giveUp(rows)
      return rows
    },
  }
}

function trimReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}

const quote = 34
const comma = 44

/** A quote opens a field only at its start; inside, two quotes are one and a single one closes. */
function quotes(line: string, state: Quotes): Quotes {
  if (state === 'closed' && !line.includes('"')) return 'closed'
  let inside = state === 'open'
  let atStart = !inside
  for (let at = 0; at < line.length; at += 1) {
    const code = line.charCodeAt(at)
    if (inside) {
      if (code !== quote) continue
      if (line.charCodeAt(at + 1) === quote) at += 1
      else inside = false
    } else if (code === quote && atStart) {
      inside = true
      atStart = false
    } else {
      atStart = code === comma
    }
  }
  return inside ? 'open' : 'closed'
}
