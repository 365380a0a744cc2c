import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultSteps } from '../../engine/ports/faults.ts'
import { prepareFaults, type Prepared } from '../support/fault-run.ts'

let prepared: Prepared

beforeAll(async () => {
  prepared = await prepareFaults()
})

afterAll(() => prepared.remove())

/** Every step of a stream; `model-call.test.ts` kills where a model is called. */
const steps = faultSteps.filter(step => step !== 'model-call')

describe('kill -9, then a restart: nothing lost, nothing twice, nothing paid twice', () => {
  for (const step of steps) {
    for (const moment of ['before', 'after'] as const) {
      it(`${moment} ${step}`, async () => {
        const life = await prepared.start()
        const end = await life.run(`${step}:${moment}:kill:#2`)
        expect(end, `the process should have been killed ${moment} ${step}: ${end.stderr}`).toMatchObject({
          signal: 'SIGKILL',
        })
        expect(await life.finish()).toEqual([])
        await life.remove()
      })
    }
  }
})

describe('kill -9 when nothing is left to plan', () => {
  it('before the last offset-commit', async () => {
    const life = await prepared.start()
    const plans = Math.ceil(prepared.ledger.length / prepared.batchSize)
    const end = await life.run(`offset-commit:before:kill:#${plans}`)
    expect(end, end.stderr).toMatchObject({ signal: 'SIGKILL' })
    expect(await life.finish()).toEqual([])
    await life.remove()
  })
})

describe('kill -9 in the archive of events', () => {
  for (const point of ['archive-plan', 'archive-insert', 'archive-commit']) {
    for (const moment of ['before', 'after']) {
      it(`${moment} ${point}`, async () => {
        const life = await prepared.start()
        const end = await life.run('', `${point}:${moment}`)
        expect(end, end.stderr).toMatchObject({ signal: 'SIGKILL' })
        expect(await life.finish()).toEqual([])
        await life.remove()
      })
    }
  }
})

describe('the checker itself', () => {
  it('finds nothing wrong without a fault', async () => {
    const life = await prepared.start()
    expect(await life.finish({ kills: 0 })).toEqual([])
    await life.remove()
  })

  it('finds the doubles of a build whose inserts are not deduplicated', async () => {
    const life = await prepared.start()
    await life.run('insert:after:kill:#1', 'changing-tokens')
    const wrong = await life.finish({ mode: 'changing-tokens' })
    expect(wrong.filter(line => /^decision .* is there twice$/.test(line)).length).toBeGreaterThan(0)
    expect(wrong.filter(line => line.startsWith('the audit does not add up'))).toHaveLength(1)
    await life.remove()
  })
})
