import { setTimeout as sleep } from 'node:timers/promises'
import { RiskloomError } from '../engine/error.ts'
import { faultSteps, noFaults, type Faults, type FaultStep } from '../engine/ports/faults.ts'

type Moment = 'before' | 'after'
type Action = { readonly kind: 'kill' } | { readonly kind: 'error' } | { readonly kind: 'delay'; readonly ms: number }

interface Fault {
  readonly step: FaultStep
  readonly moment: Moment
  readonly action: Action
  /** Happens with this probability; 1 when a hit is named. */
  readonly probability: number
  /** Happens at this hit only, counted from 1; null for each hit. */
  readonly hit: number | null
}

const form = 'step:before|after:kill|error|delay[=ms]:p, where p is a probability or #n for the n-th hit'
const delayMs = 200

/**
 * Faults that a test asks for, from the text of `FAULT`. Without a text there are none.
 *
 * @throws RiskloomError `invalid-setting` naming what is wrong
 */
export function parseFaults(text: string | undefined, chance: () => number = Math.random): Faults {
  if (text === undefined || text === '') return noFaults
  const faults = text.split(',').map(entry => parseFault(entry.trim()))
  const hits = new Map<string, number>()
  return {
    active: true,
    async hit(step, moment) {
      const count = (hits.get(`${step}:${moment}`) ?? 0) + 1
      hits.set(`${step}:${moment}`, count)
      for (const fault of faults) {
        if (fault.step !== step || fault.moment !== moment) continue
        if (fault.hit === null ? chance() < fault.probability : fault.hit === count) await happen(fault)
      }
    },
  }
}

function parseFault(entry: string): Fault {
  const [step, moment, action, often, ...rest] = entry.split(':')
  if (rest.length > 0 || often === undefined) throw wrong(entry, 'it does not have four parts')
  const known = faultSteps.find(name => name === step)
  if (known === undefined) throw wrong(entry, `there is no step ${step}; steps are ${faultSteps.join(', ')}`)
  if (moment !== 'before' && moment !== 'after') throw wrong(entry, `${moment} is neither before nor after`)
  return { step: known, moment, action: parseAction(entry, action ?? ''), ...parseOften(entry, often) }
}

function parseAction(entry: string, text: string): Action {
  if (text === 'kill' || text === 'error') return { kind: text }
  const delay = /^delay(?:=(\d{1,6}))?$/.exec(text)
  if (delay === null) throw wrong(entry, `${text} is none of kill, error, delay, delay=ms`)
  return { kind: 'delay', ms: delay[1] === undefined ? delayMs : Number(delay[1]) }
}

function parseOften(entry: string, text: string): { probability: number; hit: number | null } {
  const hit = /^#([1-9]\d{0,8})$/.exec(text)
  if (hit !== null) return { probability: 1, hit: Number(hit[1]) }
  const probability = /^(\d+(\.\d+)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN
  if (!(probability > 0 && probability <= 1)) throw wrong(entry, `${text} is neither a probability in (0, 1] nor #n`)
  return { probability, hit: null }
}

function wrong(entry: string, why: string): RiskloomError {
  return new RiskloomError('invalid-setting', `FAULT: ${entry} is wrong: ${why}. Write ${form}`, {
    details: { setting: 'FAULT', value: entry },
  })
}

async function happen(fault: Fault): Promise<void> {
  const { action } = fault
  if (action.kind === 'delay') return sleep(action.ms)
  if (action.kind === 'kill') {
    process.kill(process.pid, 'SIGKILL')
    // The signal arrives a moment later; nothing may happen in between.
    await new Promise(() => {})
  }
  throw new RiskloomError('internal', `fault injected ${fault.moment} ${fault.step}`, { transient: true })
}
