import { RiskloomError } from '../engine/error.ts'
import type { FactTable } from '../engine/situation/rows.ts'
import { sha256 } from './identity.ts'

/** Rows of one table as the bytes that are inserted. */
export interface Section {
  readonly table: FactTable
  readonly rows: number
  readonly bytes: Uint8Array
}

interface Header {
  readonly v: 1
  readonly plan: string
  readonly sections: readonly { readonly table: FactTable; readonly rows: number; readonly bytes: number }[]
}

export interface Seal {
  readonly hash: string
  readonly bytes: Uint8Array
}

const lineEnd = 10

/** Everything a plan will insert, as one object: a JSON line that says how long each section is, then the sections. */
export function writeSeal(plan: string, sections: readonly Section[]): Seal {
  const header: Header = {
    v: 1,
    plan,
    sections: sections.map(({ table, rows, bytes }) => ({ table, rows, bytes: bytes.length })),
  }
  const bytes = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...sections.map(section => section.bytes)])
  return { hash: sha256(bytes), bytes }
}

/** @throws RiskloomError `corrupt-data` when the bytes are not those of the hash */
export function readSeal(bytes: Uint8Array, hash: string): Section[] {
  if (sha256(bytes) !== hash)
    throw new RiskloomError('corrupt-data', `sealed batch ${hash} is damaged`, { details: { hash } })
  const end = bytes.indexOf(lineEnd)
  const header = JSON.parse(Buffer.from(bytes.subarray(0, end)).toString('utf8')) as Header // our own bytes: the hash holds
  let at = end + 1
  return header.sections.map(section => {
    const from = at
    at += section.bytes
    return { table: section.table, rows: section.rows, bytes: bytes.subarray(from, at) }
  })
}

export function sealPath(workspace: string, plan: string, hash: string): string {
  return `${sealFolder(workspace)}${plan}/${hash}`
}

export function sealFolder(workspace: string): string {
  return `${workspace}/seals/`
}

/** Token of one section’s insert. The content hash is in it: the same token can only mean the same bytes. */
export function insertToken(plan: string, table: FactTable, hash: string): string {
  return `${plan}/${table}/${hash}`
}
