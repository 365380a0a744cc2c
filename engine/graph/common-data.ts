import * as z from 'zod'
import { parseFloatText } from '../expressions/python.ts'
import { decodeInput, fromJs } from '../values/codec.ts'
import { setKey, type MutableObject } from '../values/object.ts'
import { documentType } from '../values/type-of.ts'
import type { ObjectValue, Value } from '../values/value.ts'
import type { ErrorStrategy } from './graph.ts'
import { problem, type Problem } from './problem.ts'

const DefaultValue = z.looseObject({ key: z.string(), type: z.string(), value: z.unknown() })

/** Keys of a node’s `data` that every type may have. */
const CommonData = z.looseObject({
  title: z.coerce.string().default(''),
  error_strategy: z.enum(['fail-branch', 'default-value']).nullish().catch(null),
  default_value: z.array(DefaultValue).nullish(),
  retry_config: z
    .looseObject({
      retry_enabled: z.boolean().default(false),
      max_retries: z.coerce.number().int().min(0).default(0),
      retry_interval: z.coerce.number().min(0).default(0),
    })
    .nullish(),
})

export interface CommonSettings {
  readonly title: string
  readonly errorStrategy: ErrorStrategy
  readonly defaultValue: ObjectValue
  readonly retry: { readonly attempts: number; readonly intervalMs: number } | null
}

/** Title, error strategy and retries of a node. */
export function readCommon(nodeId: string, data: unknown): { settings: CommonSettings; problems: Problem[] } {
  const parsed = CommonData.safeParse(data)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(issue => {
      const field = ['data', ...issue.path.map(String)].join('.')
      return problem('error', nodeId, `${field}: ${issue.message}`, { field })
    })
    return { settings: { title: nodeId, errorStrategy: 'none', defaultValue: {}, retry: null }, problems }
  }
  const { title, error_strategy: strategy, default_value: defaults, retry_config: retry } = parsed.data
  const { value, problems } = readDefaults(nodeId, defaults ?? [])
  const retries = retry?.retry_enabled === true && retry.max_retries > 0
  return {
    settings: {
      title,
      errorStrategy: strategy ?? 'none',
      defaultValue: value,
      retry: retries ? { attempts: retry.max_retries, intervalMs: retry.retry_interval } : null,
    },
    problems,
  }
}

function readDefaults(
  nodeId: string,
  defaults: readonly z.infer<typeof DefaultValue>[],
): { value: ObjectValue; problems: Problem[] } {
  const value: MutableObject = {}
  const problems: Problem[] = []
  for (const entry of defaults) {
    const converted = convert(fromJs(entry.value), entry.type)
    if (converted !== undefined) setKey(value, entry.key, converted)
    else {
      const field = `data.default_value.${entry.key}`
      problems.push(
        problem('error', nodeId, `${field}: the value is not of type ${entry.type}`, { field, expected: entry.type }),
      )
    }
  }
  return { value, problems }
}

/** Numbers become floats and JSON texts are read, as the DSL does; undefined when the value does not fit. */
function convert(value: Value, type: string): Value | undefined {
  if (type === 'number') {
    if (typeof value === 'string') return parseFloatText(value)
    return typeof value === 'bigint' || typeof value === 'number' ? Number(value) : undefined
  }
  const given = typeof value === 'string' && type !== 'string' ? parseJson(value) : value
  if (given === undefined) return undefined
  const fits =
    type === 'array[file]' ||
    documentType(given) === type ||
    (Array.isArray(given) && given.length === 0 && type.startsWith('array['))
  return fits ? given : undefined
}

function parseJson(text: string): Value | undefined {
  try {
    return decodeInput(text)
  } catch {
    return undefined
  }
}
