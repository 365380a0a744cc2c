/** What a request of the client asks for, in the terms of a chDB session. */
export type Statement =
  | { readonly kind: 'insert'; readonly table: string; readonly settings: ReadonlyMap<string, string> }
  | {
      readonly kind: 'read' | 'command'
      readonly sql: string
      /** Settings, and parameters as `param_<name>`. */
      readonly settings: ReadonlyMap<string, string>
    }

/** Parameters of the HTTP interface that are no settings, or none that mean something without HTTP. */
const ofTheInterface = new Set([
  'query',
  'query_id',
  'database',
  'session_id',
  'role',
  'default_format',
  'wait_end_of_query',
  'enable_http_compression',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'readonly',
])

const insertStatement = /^\s*INSERT INTO ([a-z_][a-z0-9_]*) FORMAT JSONEachRow\s*$/
const settingName = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Reads a request: an insert has its statement in the address and rows in the body, anything else its text in the body. */
export function readStatement(address: URL, body: Buffer): Statement {
  const settings = new Map<string, string>()
  for (const [name, value] of address.searchParams) {
    if (ofTheInterface.has(name)) continue
    if (!settingName.test(name)) throw new Error(`not a setting: ${name}`)
    settings.set(name, value)
  }
  const query = address.searchParams.get('query')
  if (query === null) {
    const kind = address.searchParams.has('readonly') ? 'read' : 'command'
    return { kind, sql: body.toString('utf8'), settings }
  }
  const table = insertStatement.exec(query)?.[1]
  if (table === undefined) throw new Error(`not an insert of JSONEachRow: ${query}`)
  return { kind: 'insert', table, settings }
}

/** `SET` before a statement: what it wants, and back to the default what an earlier one wanted. */
export function settingsPrefix(settings: ReadonlyMap<string, string>, earlier: ReadonlySet<string>): string {
  const assignments = Array.from(settings, ([name, value]) => `${name} = ${literal(value)}`)
  for (const name of earlier) {
    if (!settings.has(name) && !name.startsWith('param_')) assignments.push(`${name} = DEFAULT`)
  }
  return assignments.map(assignment => `SET ${assignment}; `).join('')
}

function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
