import { Session } from 'chdb'
import { settingsPrefix, type Statement } from './statement.ts'

const emptyBytes = new Uint8Array(0)

/** One session runs one statement at a time; what it was set to is remembered, because sessions are reused. */
interface Seat {
  readonly session: Session
  readonly earlier: Set<string>
}

/** Sessions that take turns: whoever comes when none is free waits in line. */
export interface SessionPool {
  run(statement: Statement, body: Uint8Array): Promise<Uint8Array>
  /** Statements that run or wait. */
  readonly active: number
  close(): void
}

/** All pools of a process must name the same folder: chDB holds one database a process. */
export function sessionPool(open: () => Session, size: number): SessionPool {
  const seats = Array.from({ length: size }, (): Seat => ({ session: open(), earlier: new Set() }))
  const free = [...seats]
  const waiting: ((seat: Seat) => void)[] = []
  let active = 0

  const take = (): Promise<Seat> => {
    const seat = free.pop()
    return seat === undefined ? new Promise(resolve => waiting.push(resolve)) : Promise.resolve(seat)
  }
  const giveBack = (seat: Seat): void => {
    const next = waiting.shift()
    if (next === undefined) free.push(seat)
    else next(seat)
  }
  return {
    get active() {
      return active
    },
    async run(statement, body) {
      active += 1
      const seat = await take()
      try {
        return await runOn(seat, statement, body)
      } finally {
        active -= 1
        giveBack(seat)
      }
    },
    close: () => seats.forEach(({ session }) => session.close()),
  }
}

async function runOn(seat: Seat, statement: Statement, body: Uint8Array): Promise<Uint8Array> {
  if (statement.kind === 'insert') {
    await seat.session.insert({
      table: statement.table,
      values: body,
      format: 'JSONEachRow',
      settings: Object.fromEntries(statement.settings),
    })
    return emptyBytes
  }
  const prefix = settingsPrefix(statement.settings, seat.earlier)
  for (const name of statement.settings.keys()) seat.earlier.add(name)
  const result = await seat.session.queryAsync(prefix + statement.sql)
  return result.bytes()
}
