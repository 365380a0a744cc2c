import { Agent, buildConnector } from 'undici'
import { guardedConnector, type Connector, type Resolve } from './dial.ts'

/** Connection pools, one a combination of connect time-out and certificate check; the set of combinations is small. */
export interface Agents {
  get(connectMs: number, verifyTls: boolean): Agent
  close(): Promise<void>
}

export interface AgentOptions {
  readonly allow: ReadonlySet<string>
  readonly resolve: Resolve
  /** Opens the socket to a checked address; tests watch it. */
  readonly dial?: Connector
}

const maxAgents = 16

export function agents(options: AgentOptions): Agents {
  const open = new Map<string, Agent>()
  return {
    get(connectMs, verifyTls) {
      // Whole seconds bound the number of pools, whatever time-outs users choose.
      const timeout = Math.max(1_000, Math.ceil(connectMs / 1_000) * 1_000)
      const key = `${timeout}:${verifyTls}`
      const agent = open.get(key) ?? newAgent(options, timeout, verifyTls)
      open.delete(key)
      open.set(key, agent)
      for (const [oldest, old] of open) {
        if (open.size <= maxAgents) break
        open.delete(oldest)
        void old.close()
      }
      return agent
    },
    async close() {
      await Promise.all([...open.values()].map(agent => agent.destroy()))
      open.clear()
    },
  }
}

function newAgent(options: AgentOptions, timeout: number, verifyTls: boolean): Agent {
  const base = options.dial ?? buildConnector({ timeout, rejectUnauthorized: verifyTls })
  return new Agent({
    connect: guardedConnector({ allow: options.allow, resolve: options.resolve, base }),
    keepAliveTimeout: 10_000,
    connections: 128,
    maxHeaderSize: 32_768,
  })
}
