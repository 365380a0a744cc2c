import { eventData } from '../../schemas/event.ts'
import type { FieldMap } from '../../schemas/source.ts'

/** Attributes that a map may name without a prefix; every other short name is a field of the data. */
const attributes: ReadonlySet<string> = new Set(['id', 'subject', 'time', 'type', 'dataschema'])

/** One field of an event and where its value comes from. */
export interface Target {
  readonly path: readonly string[]
  readonly column: string
}

/** Targets of a map in which `text` stands for `data.text` and `attributes.x` for `data.attributes.x`. */
export function targetsOf(map: FieldMap): Target[] {
  return Object.entries(map).map(([target, column]) => ({ path: pathOf(target), column }))
}

/** Without a map a column goes to the field of its name, or to `data.attributes` where the type knows none. */
export function targetsByName(columns: readonly string[], eventType: string): Target[] {
  const shape = Object.entries(eventData).find(([type]) => type === eventType)?.[1].shape
  return columns
    .filter(column => column !== '')
    .map(column => {
      if (attributes.has(column)) return { path: [column], column }
      return {
        path: shape === undefined || Object.hasOwn(shape, column) ? ['data', column] : ['data', 'attributes', column],
        column,
      }
    })
}

function pathOf(target: string): string[] {
  if (attributes.has(target) || target.startsWith('data.')) return target.split('.')
  return ['data', ...target.split('.')]
}

/** JSON texts by path, to be put together to an event. */
interface Tree {
  [name: string]: string | Tree
}

export interface BuiltEvent {
  readonly key: string
  readonly json: string
}

/**
 * An event from the JSON texts of its fields: numbers stay as they were written.
 * A field without a value is left out. The id is `<source>-<line>` where the row has none.
 */
export function buildEvent(
  source: string,
  eventType: string,
  line: number,
  fields: readonly { readonly path: readonly string[]; readonly json: string }[],
): BuiltEvent {
  const tree = Object.assign(emptyTree(), {
    specversion: '"1.0"',
    id: JSON.stringify(`${source}-${line}`),
    source: JSON.stringify(source),
    type: JSON.stringify(eventType),
    data: emptyTree(),
  })
  for (const { path, json } of fields) put(tree, path, normalised(path, json))
  return { key: textOf(tree['subject']) ?? textOf(tree['id']) ?? '', json: write(tree) }
}

function put(tree: Tree, path: readonly string[], json: string): void {
  let inner = tree
  path.slice(0, -1).forEach(name => {
    const next = inner[name]
    if (typeof next === 'object') inner = next
    else inner = inner[name] = emptyTree()
  })
  inner[path.at(-1) ?? ''] = json
}

/** Without a prototype: a field may have any name. */
function emptyTree(): Tree {
  return Object.create(null) as Tree // `Object.create` is typed as any
}

function write(tree: Tree): string {
  return `{${Object.entries(tree)
    .map(([name, value]) => `${JSON.stringify(name)}:${typeof value === 'string' ? value : write(value)}`)
    .join(',')}}`
}

function textOf(json: string | Tree | undefined): string | undefined {
  const value: unknown = typeof json === 'string' ? JSON.parse(json) : undefined
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Attributes are texts: an id that is a number is written as text, a time in a common form as RFC 3339. */
function normalised(path: readonly string[], json: string): string {
  if (path.length > 1) return json
  const text = json.startsWith('"') ? String(JSON.parse(json)) : json
  return JSON.stringify(path[0] === 'time' ? timeText(text) : text)
}

const plainTime = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d(?:\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?$/
/** Digits of seconds (10) or milliseconds (13) since the epoch. */
const epoch = /^(\d{10}|\d{13})$/

/** Times without a zone are UTC. What is not understood stays, and the check of the event names it. */
function timeText(text: string): string {
  if (epoch.test(text)) return new Date(Number(text) * (text.length === 10 ? 1_000 : 1)).toISOString()
  const match = plainTime.exec(text)
  if (match === null) return text
  const [, day = '', minutes = '00:00', seconds = ':00', zone = 'Z'] = match
  const offset = /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone
  return `${day}T${minutes}${seconds}${offset}`
}
