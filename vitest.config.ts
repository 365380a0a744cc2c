import { defineConfig } from 'vitest/config'

const slow = { testTimeout: 120_000, hookTimeout: 120_000 }

export default defineConfig({
  test: {
    reporters: ['default'],
    // Two cores: the suites that start database children run one file at a time.
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{schemas,engine,pipelines,temporal,connectors,platform,api,demo,dashboard}/**/*.test.ts'],
          testTimeout: 30_000,
        },
      },
      { test: { name: 'contract', include: ['test/contract/**/*.test.ts'], fileParallelism: false, ...slow } },
      { test: { name: 'flows', include: ['test/flows/**/*.test.ts'], fileParallelism: false, ...slow } },
      { test: { name: 'attacks', include: ['test/attacks/**/*.test.ts'], fileParallelism: false, ...slow } },
      { test: { name: 'faults', include: ['test/faults/**/*.test.ts'], fileParallelism: false, ...slow } },
      {
        test: {
          name: 'docs',
          include: ['docs/**/*.test.ts', 'test/docs/**/*.test.ts'],
          fileParallelism: false,
          ...slow,
        },
      },
      { test: { name: 'browser', include: ['test/browser/**/*.test.ts'], fileParallelism: false, ...slow } },
    ],
  },
})
