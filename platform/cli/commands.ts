import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { Command } from 'commander'
import type { ImportResult } from '../../schemas/api/apps.ts'
import type { Audit } from '../../schemas/api/pipelines.ts'
import { RiskloomError } from '../../engine/error.ts'
import type { Client } from './client.ts'
import { print } from './output.ts'

/** Commands that talk to a running RiskLoom. Each takes `--json`. */
export function remoteCommands(program: Command, client: Client): void {
  apps(program, client)
  keys(program, client)
  models(program, client)
  sources(program, client)
  pipelines(program, client)

  leaf(program, 'login-link', 'print a one-time link to sign in').action(async options => {
    const link = (await client.post('/api/login-links', {})) as { url: string }
    print(options.json ? link : link.url, options.json)
  })

  leaf(program, 'run <app>', 'run the published version of an app once')
    .option('--input <name=value...>', 'an input; a value that is JSON is taken as JSON', collect, [])
    .action(async (app: string, options: Json & { input: string[] }) => {
      const run = (await client.post('/api/runs', {
        appId: app,
        inputs: Object.fromEntries(options.input.map(input)),
      })) as { status: string }
      print(run, options.json, run.status === 'succeeded' || run.status === 'partial-succeeded')
    })

  leaf(program, 'audit [pipeline]', 'prove by counting that every event ended exactly once')
    .option('--all', 'every pipeline')
    .action(async (pipeline: string | undefined, options: Json & { all?: boolean }) => {
      if (pipeline !== undefined && options.all === true)
        throw new RiskloomError('invalid-request', `say either ${pipeline} or --all`)
      const path = pipeline === undefined ? '/api/audit' : `/api/audit/${encodeURIComponent(pipeline)}`
      const answer = (await client.get(path)) as Audit | Audit[]
      const audits = Array.isArray(answer) ? answer : [answer]
      const single = options.all !== true && audits.length === 1 ? audits[0] : undefined
      print(
        single ?? audits,
        options.json,
        audits.every(audit => audit.ok),
      )
    })
}

function apps(program: Command, client: Client): void {
  const group = program.command('apps').description('workflows')
  leaf(group, 'list', 'all apps').action(async options => print(await client.get('/api/apps'), options.json))
  leaf(group, 'import <file>', 'import a Dify DSL file as a draft')
    .option('--publish', 'publish it at once')
    .option('--app <id>', 'overwrite the draft of this app')
    .option('--confirm', 'import a document of a newer format version all the same')
    .action(async (file: string, options: Json & { publish?: boolean; app?: string; confirm?: boolean }) => {
      const document = await readFile(file, 'utf8').catch(() => {
        throw new RiskloomError('invalid-request', `cannot read ${file}`, { details: { field: 'file', value: file } })
      })
      const body = {
        document,
        publish: options.publish === true,
        confirm: options.confirm === true,
        ...(options.app === undefined ? {} : { appId: options.app }),
      }
      const result = (await client.post('/api/apps/import', body)) as ImportResult
      print(result, options.json, result.appId !== null && result.published === body.publish)
    })
  leaf(group, 'publish <app>', 'publish the draft as a new version')
    .option('--note <text>', 'what changed', '')
    .action(async (app: string, options: Json & { note: string }) =>
      print(await client.post(`/api/apps/${encodeURIComponent(app)}/publish`, { note: options.note }), options.json),
    )
}

function keys(program: Command, client: Client): void {
  const group = program.command('keys').description('API keys')
  leaf(group, 'list', 'all keys').action(async options => print(await client.get('/api/keys'), options.json))
  leaf(group, 'create', 'a new key, shown once')
    .option('--app <id>', 'runs this app')
    .option('--source <name>', 'pushes to this source')
    .action(async (options: Json & { app?: string; source?: string }) => {
      const scope = options.app !== undefined ? 'app' : options.source !== undefined ? 'ingest' : 'workspace'
      const target = options.app ?? options.source
      print(await client.post('/api/keys', { scope, ...(target === undefined ? {} : { target }) }), options.json)
    })
  leaf(group, 'revoke <id>', 'make a key useless').action(async (id: string, options: Json) =>
    print(await client.delete(`/api/keys/${encodeURIComponent(id)}`), options.json),
  )
}

function models(program: Command, client: Client): void {
  const group = program.command('models').description('model endpoints')
  leaf(group, 'list', 'all models').action(async options => print(await client.get('/api/models'), options.json))
  leaf(group, 'add', 'add or replace a model of an OpenAI-compatible endpoint')
    .requiredOption('--kind <kind>', 'llm, text-embedding or rerank')
    .requiredOption('--name <name>', 'name as the endpoint knows it')
    .requiredOption('--base-url <url>', 'for example https://api.example.com/v1')
    .option('--api-key <key>', 'stored encrypted')
    .option('--provider <name>', 'provider name that documents use')
    .option('--prompt-price <usd>', 'US dollars per 1,000 tokens', Number)
    .option('--completion-price <usd>', 'US dollars per 1,000 tokens', Number)
    .action(async (options: Json & Record<string, unknown>) => {
      const { json, ...model } = options
      print(await client.post('/api/models', model), json)
    })
  leaf(group, 'remove <name>', 'forget a model').action(async (name: string, options: Json) =>
    print(await client.delete(`/api/models/${encodeURIComponent(name)}`), options.json),
  )
}

function sources(program: Command, client: Client): void {
  const group = program.command('sources').description('where events come from')
  leaf(group, 'list', 'all sources').action(async options => print(await client.get('/api/sources'), options.json))
  leaf(group, 'add', 'a file (CSV or JSON Lines), or an HTTP source that takes pushed events')
    .option('--name <name>', 'lower-case name; taken from the file when absent')
    .option('--file <path>', 'file to read')
    .option('--format <format>', 'csv or jsonl')
    .option('--type <type>', 'event type')
    .option('--map <field=column...>', 'where each field of the event comes from', collect, [])
    .action(async (options: Json & { name?: string; file?: string; format?: string; type?: string; map: string[] }) => {
      if (options.file === undefined && options.name === undefined)
        throw new RiskloomError('invalid-request', 'say --file, or --name for a source that takes pushed events')
      print(await client.post('/api/sources', sourceBody(options)), options.json)
    })
  leaf(group, 'remove <name>', 'delete a source and what it received').action(async (name: string, options: Json) =>
    print(await client.delete(`/api/sources/${encodeURIComponent(name)}`), options.json),
  )
}

function sourceBody(options: { name?: string; file?: string; format?: string; type?: string; map: string[] }): object {
  const { file, type } = options
  const name = options.name ?? slug(basename(file ?? ''))
  if (file === undefined) return { name, ...(type === undefined ? {} : { eventType: type }) }
  const map = Object.fromEntries(options.map.flatMap(entry => entry.split(',')).map(pair))
  return {
    name,
    file: {
      path: resolve(file),
      map,
      ...(options.format === undefined ? {} : { format: options.format }),
      ...(type === undefined ? {} : { eventType: type }),
    },
  }
}

function pipelines(program: Command, client: Client): void {
  const group = program.command('pipelines').description('sources bound to apps')
  leaf(group, 'list', 'all pipelines').action(async options => print(await client.get('/api/pipelines'), options.json))
  leaf(group, 'create', 'bind a source to the published version of an app')
    .requiredOption('--source <name>')
    .requiredOption('--app <id>')
    .option('--id <id>', 'name of the pipeline')
    .option('--map <input=path...>', 'input of the app ← event path', collect, [])
    .option('--run', 'start it at once')
    .action(async (options: Json & { source: string; app: string; id?: string; map: string[]; run?: boolean }) => {
      const mapping = Object.fromEntries(options.map.flatMap(entry => entry.split(',')).map(pair))
      const body = {
        source: options.source,
        appId: options.app,
        run: options.run === true,
        ...(options.id === undefined ? {} : { id: options.id }),
        settings: { mapping },
      }
      print(await client.post('/api/pipelines', body), options.json)
    })
  for (const [name, text] of [
    ['start', 'take events'],
    ['pause', 'stop taking events; the place is kept'],
  ] as const) {
    leaf(group, `${name} <id>`, text).action(async (id: string, options: Json) =>
      print(await client.post(`/api/pipelines/${encodeURIComponent(id)}/${name}`, {}), options.json),
    )
  }
}

interface Json {
  readonly json: boolean
}

function leaf(parent: Command, usage: string, text: string): Command {
  return parent.command(usage).description(text).option('--json', 'one JSON document', false)
}

function collect(value: string, before: string[]): string[] {
  return [...before, value]
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at < 1) throw new RiskloomError('invalid-request', `${text} is not of the form name=value`)
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}

function input(text: string): [string, unknown] {
  const [name, value] = pair(text)
  try {
    return [name, JSON.parse(value)]
  } catch {
    return [name, value]
  }
}

function slug(file: string): string {
  const name = file
    .toLowerCase()
    .replace(/(\.(csv|jsonl|ndjson|gz))+$/, '')
    .replace(/[^a-z0-9]+/g, '-')
  return name.replace(/^-+|-+$/g, '').slice(0, 63) || 'file'
}
