import { describe, expect, it } from 'vitest'
import { readConfig } from './config.ts'

describe('settings', () => {
  it('has defaults that run', () => {
    const result = readConfig({})
    expect(result).toMatchObject({
      config: { port: 8787, host: '127.0.0.1', databaseUrl: undefined, fault: undefined },
    })
  })

  it('names every wrong setting at once, with its value', () => {
    const result = readConfig({
      PORT: 'eight',
      RISKLOOM_LOG: 'loud',
      RISKLOOM_EGRESS_ALLOW: 'localhost',
      RISKLOOM_DATAA: 'x',
      KAFKA_BROKERS: 'a:1',
    })
    if (!('problems' in result)) throw new Error('should be refused')
    expect(result.problems).toHaveLength(5)
    expect(result.problems.join('\n')).toMatch(
      /PORT.*eight[\s\S]*RISKLOOM_LOG.*loud[\s\S]*localhost is not host:port[\s\S]*KAFKA_BROKERS[\s\S]*RISKLOOM_DATAA: there is no such setting/,
    )
  })

  it('does not print secrets', () => {
    const result = readConfig({ RISKLOOM_MASTER_KEY: 'hunter2', DATABASE_URL: 'mysql://u:hunter2@h/d' })
    expect(JSON.stringify(result)).not.toContain('hunter2')
  })

  it('takes fault points only in tests', () => {
    expect(readConfig({ FAULT: 'plan:before:kill:1' })).toMatchObject({ config: { fault: undefined } })
    expect(readConfig({ FAULT: 'plan:before:kill:1', NODE_ENV: 'test' })).toMatchObject({
      config: { fault: 'plan:before:kill:1' },
    })
  })
})
