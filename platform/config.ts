import { resolve } from 'node:path'
import * as z from 'zod'

/** `host:port`, an address that outgoing calls may reach although it is private. */
const HostPort = z.string().regex(/^(\[[0-9a-f:]+\]|[^\s:,]+):\d{1,5}$/i, 'must be host:port')

/** Texts of the environment. An empty text counts as not set. */
const Settings = z.strictObject({
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8_787)
    .describe('TCP port of the server; 0 takes a free one'),
  HOST: z.string().default('127.0.0.1').describe('address to listen on'),
  PUBLIC_URL: z.url().optional().describe('address that people type; built from HOST and PORT when absent'),
  TRUST_PROXY: z
    .enum(['true', 'false'])
    .default('false')
    .describe('take client address and protocol from X-Forwarded-* headers'),
  RISKLOOM_DATA: z.string().default('data').describe('folder of all data'),
  RISKLOOM_MASTER_KEY: z
    .string()
    .regex(/^([0-9a-f]{64}|[A-Za-z0-9+/]{43}=)$/, 'must be 32 bytes as 64 hex digits or base64')
    .optional()
    .describe('key that wraps all secrets; a file in the data folder when absent'),
  RISKLOOM_DEMO: z.enum(['on', 'off']).default('on').describe('fill a new data folder with the demonstration'),
  RISKLOOM_DEMO_EVENTS: z.coerce
    .number()
    .int()
    .min(0)
    .max(10_000_000)
    .default(60_000)
    .describe('events of the demonstration’s history'),
  RISKLOOM_DEMO_RATE: z.coerce
    .number()
    .min(0)
    .max(1_000)
    .default(2)
    .describe('live events a second of the demonstration'),
  RISKLOOM_EGRESS_ALLOW: z
    .string()
    .default('')
    .describe('private addresses that outgoing calls may reach: host:port, …'),
  RISKLOOM_LOG: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('least level that is logged'),
  BODY_LIMIT: z.coerce
    .number()
    .int()
    .min(1_024)
    .default(10 * 1024 * 1024 + 65_536)
    .describe('bytes of one API request'),
  INGEST_LIMIT: z.coerce
    .number()
    .int()
    .min(1_024)
    .default(32 * 1024 * 1024)
    .describe('bytes of one push of events'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
    .optional()
    .describe('PostgreSQL server instead of the embedded one'),
  OPENAI_BASE_URL: z.url().optional().describe('model endpoint when the workspace has none of that name'),
  OPENAI_API_KEY: z.string().optional().describe('its key'),
})

/** Engines that this version does not reach yet: setting one must not be ignored silently. */
const laterEngines = [
  'KAFKA_BROKERS',
  'TEMPORAL_ADDRESS',
  'CLICKHOUSE_URL',
  'WEAVIATE_URL',
  'REDIS_URL',
  'S3_ENDPOINT',
  'SCHEMA_REGISTRY_URL',
]

export interface Config {
  readonly port: number
  readonly host: string
  readonly publicUrl: string | undefined
  readonly trustProxy: boolean
  readonly dataFolder: string
  readonly masterKey: string | undefined
  readonly demo: { readonly on: boolean; readonly events: number; readonly rate: number }
  readonly egressAllow: readonly string[]
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly bodyLimit: number
  readonly ingestLimit: number
  readonly databaseUrl: string | undefined
  readonly openai: { readonly baseUrl: string | undefined; readonly apiKey: string | undefined }
  /** Text of `FAULT`; undefined outside tests. */
  readonly fault: string | undefined
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Reads all settings at once; what is wrong comes back as a list, one line each. */
export function readConfig(environment: Environment): { config: Config } | { problems: string[] } {
  const named = Object.fromEntries(
    Object.keys(Settings.shape).flatMap(name => {
      const value = environment[name]
      return value === undefined || value === '' ? [] : [[name, value]]
    }),
  )
  const result = Settings.safeParse(named)
  const egressAllow = list(environment['RISKLOOM_EGRESS_ALLOW'])
  const problems = [
    ...(result.success ? [] : result.error.issues.map(issue => sentence(issue, named))),
    ...egressAllow
      .filter(entry => !HostPort.safeParse(entry).success)
      .map(entry => `RISKLOOM_EGRESS_ALLOW: ${entry} is not host:port`),
    ...laterEngines
      .filter(name => (environment[name] ?? '') !== '')
      .map(name => `${name}: this version runs on the embedded twin only; unset it`),
    ...Object.keys(environment)
      .filter(name => name.startsWith('RISKLOOM_') && !(name in Settings.shape) && !clientSettings.includes(name))
      .map(name => `${name}: there is no such setting`),
  ]
  if (!result.success || problems.length > 0) return { problems }
  return { config: shaped(result.data, egressAllow, environment) }
}

/** Settings of the command line’s client side; they are no settings of the server. */
const clientSettings = ['RISKLOOM_KEY', 'RISKLOOM_URL']

function shaped(settings: z.infer<typeof Settings>, egressAllow: string[], environment: Environment): Config {
  return {
    port: settings.PORT,
    host: settings.HOST,
    publicUrl: settings.PUBLIC_URL?.replace(/\/+$/, ''),
    trustProxy: settings.TRUST_PROXY === 'true',
    dataFolder: resolve(settings.RISKLOOM_DATA),
    masterKey: settings.RISKLOOM_MASTER_KEY,
    demo: {
      on: settings.RISKLOOM_DEMO === 'on',
      events: settings.RISKLOOM_DEMO_EVENTS,
      rate: settings.RISKLOOM_DEMO_RATE,
    },
    egressAllow,
    logLevel: settings.RISKLOOM_LOG,
    bodyLimit: settings.BODY_LIMIT,
    ingestLimit: settings.INGEST_LIMIT,
    databaseUrl: settings.DATABASE_URL,
    openai: { baseUrl: settings.OPENAI_BASE_URL, apiKey: settings.OPENAI_API_KEY },
    fault: environment['NODE_ENV'] === 'test' ? environment['FAULT'] : undefined,
  }
}

function sentence(issue: z.core.$ZodIssue, named: Record<string, unknown>): string {
  const name = String(issue.path[0])
  const secret = /KEY|URL/.test(name)
  return `${name}: ${issue.message}${secret ? '' : `, got ${JSON.stringify(named[name])}`}`
}

function list(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map(entry => entry.trim())
    .filter(Boolean)
}

/** Name, default and meaning of each setting, for docs/settings.md. */
export function settingsTable(): { name: string; fallback: string; meaning: string }[] {
  return Object.entries(Settings.shape).map(([name, schema]) => {
    const fallback = schema.safeParse(undefined)
    const value = fallback.success && fallback.data !== undefined ? String(fallback.data) : ''
    return { name, fallback: value, meaning: schema.description ?? '' }
  })
}
