import type { App } from '../../schemas/app.ts'
import type { Pipeline, PipelineStatus } from '../../schemas/pipeline.ts'
import type { Plan } from '../../schemas/plan.ts'
import type { Policy } from '../../schemas/policy.ts'
import type { OffsetRange } from '../../schemas/position.ts'
import type { SampleSet } from '../../schemas/sample-set.ts'
import type { Source } from '../../schemas/source.ts'
import type { Version } from '../../schemas/version.ts'
import type { Port } from './port.ts'

/**
 * Configuration, plans and outbox in PostgreSQL. Everything of a tenant is reached through `workspace(id)`:
 * that call is the one place where the tenancy filter is set (row-level security holds it in the database as well).
 */
export interface Records extends Port {
  migrate(to?: number): Promise<{ applied: number[]; reverted: number[] }>
  migrations(): Promise<{ version: number; name: string; applied: boolean }[]>
  workspace(id: string): WorkspaceRecords
  readonly access: AccessRecords
}

export interface WorkspaceRecords {
  readonly apps: AppRecords
  readonly sources: SourceRecords
  readonly pipelines: PipelineRecords
  readonly plans: PlanRecords
  readonly policies: PolicyRecords
  readonly models: ModelRecords
  readonly samples: SampleRecords
}

export interface AppRecords {
  /** Creates or replaces name, description, mode, icon and draft. */
  save(app: Omit<App, 'v' | 'workspace' | 'publishedVersion' | 'createdAt' | 'updatedAt'>, now: number): Promise<App>
  get(id: string): Promise<App | undefined>
  list(): Promise<App[]>
  delete(id: string): Promise<boolean>
  /** Stores the version with the next number and puts it in force; an equal hash in force is returned as it is. */
  publish(version: Omit<Version, 'v' | 'workspace' | 'number'>): Promise<Version>
  version(id: string): Promise<Version | undefined>
  versions(appId: string): Promise<Version[]>
}

export interface SourceRecords {
  /** Fails with `conflict` when the name is taken. A name that was deleted before gets the next incarnation. */
  create(source: Omit<Source, 'v' | 'workspace' | 'incarnation' | 'error'>): Promise<Source>
  get(name: string): Promise<Source | undefined>
  list(): Promise<Source[]>
  setStatus(name: string, status: Source['status'], error: string | null): Promise<void>
  delete(name: string): Promise<boolean>
}

export interface PipelineRecords {
  create(pipeline: Omit<Pipeline, 'v' | 'workspace' | 'epoch' | 'error'>): Promise<Pipeline>
  get(id: string): Promise<Pipeline | undefined>
  list(): Promise<Pipeline[]>
  setStatus(id: string, status: PipelineStatus, error: string | null): Promise<void>
  setSettings(id: string, settings: Pipeline['settings']): Promise<void>
  /** Takes the pipeline over: raises and returns the epoch. Older epochs can no longer plan or seal. */
  takeOver(id: string): Promise<number>
  delete(id: string): Promise<boolean>
}

/** The identity of an event id within a source, hashed to 16 bytes (hex). */
export interface Claim {
  readonly hash: string
  readonly partition: number
  readonly offset: number
  /** Receipt of the event, milliseconds. */
  readonly at: number
}

export interface OutboxItem {
  readonly id: string
  readonly kind: 'dead-letter'
  /** Decision identity and revision: the receiver’s idempotency key. */
  readonly key: string
  readonly payload: string
}

export interface PlanRecords {
  /**
   * Writes a plan and moves the pipeline’s high-water marks in one transaction.
   * Fails with `fenced` when the epoch is not the newest or a range does not start at the mark.
   */
  create(plan: Omit<Plan, 'v' | 'workspace' | 'state' | 'sealHash'>): Promise<Plan>
  /** Plans that are not done, oldest first. */
  open(pipeline: string): Promise<Plan[]>
  /** Next offset to plan, per partition; partitions that were never planned are absent. */
  marks(pipeline: string): Promise<Map<number, number>>
  /**
   * Compare-and-set from `planned`: the first seal wins and its outbox items are stored with it.
   * Returns the hash that holds (an earlier one when this call lost). Fails with `fenced` on an old epoch.
   */
  seal(id: string, epoch: number, hash: string, outbox: readonly OutboxItem[]): Promise<string>
  advance(id: string, from: Plan['state'], to: Plan['state']): Promise<void>
  outbox(planId: string): Promise<OutboxItem[]>
  releaseOutbox(planId: string, ids: readonly string[]): Promise<void>
  /**
   * Claims event ids for their positions; per claim the position that owns the id, its own when it is the first within
   * the window. Repeating a claim gives the same answer.
   */
  claim(
    source: string,
    incarnation: number,
    claims: readonly Claim[],
    windowMs: number,
  ): Promise<{ partition: number; offset: number }[]>
  /** Removes done plans and claims older than the time; sums of ranges stay right through the marks. */
  prune(olderThan: number): Promise<void>
  /** Positions planned so far, and those in plans that are not inserted yet. */
  counts(pipeline: string): Promise<{ read: number; inFlight: number; ranges: OffsetRange[] }>
}

export interface PolicyRecords {
  /** Adds the next version of the policy. */
  add(policy: Omit<Policy, 'v' | 'version'>): Promise<Policy>
  /** Version 0 means the newest. */
  get(id: string, version: number): Promise<Policy | undefined>
  list(): Promise<Policy[]>
}

/** A model of a provider; the key is sealed by the secrets port. Prices are US dollars per 1,000 tokens. */
export interface ModelRecord {
  readonly kind: 'llm' | 'text-embedding' | 'rerank'
  readonly name: string
  readonly provider: string
  readonly baseUrl: string
  readonly apiKeySealed: string | null
  readonly promptPrice: number | null
  readonly completionPrice: number | null
}

/** A trained classifier: blob path and content hash of one version. */
export interface ClassifierRecord {
  readonly name: string
  readonly version: number
  readonly blob: string
  readonly hash: string
  readonly sampleSet: string
  readonly sampleSetVersion: number
  /** Held-out figures as JSON. */
  readonly report: string
  readonly createdAt: number
}

export interface ModelRecords {
  save(model: ModelRecord): Promise<void>
  /** By name; a provider narrows the search, an unknown provider falls back to the name alone. */
  find(name: string, provider?: string): Promise<ModelRecord | undefined>
  list(): Promise<ModelRecord[]>
  delete(name: string): Promise<boolean>
  addClassifier(classifier: Omit<ClassifierRecord, 'version'>): Promise<ClassifierRecord>
  /** Version 0 means the newest. */
  classifier(name: string, version: number): Promise<ClassifierRecord | undefined>
  classifiers(): Promise<ClassifierRecord[]>
}

export interface SampleRecords {
  add(set: Omit<SampleSet, 'v' | 'workspace' | 'version'>): Promise<SampleSet>
  get(name: string, version: number): Promise<SampleSet | undefined>
  list(): Promise<SampleSet[]>
}

export interface Account {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly passwordHash: string | null
}

export interface Session {
  readonly accountId: string
  readonly workspace: string
  readonly role: 'owner' | 'editor' | 'viewer'
  readonly expiresAt: number
}

export interface ApiKey {
  readonly id: string
  readonly workspace: string
  /** `app` keys run one app, `workspace` keys use the console’s API, `ingest` keys push to one source. */
  readonly scope: 'app' | 'workspace' | 'ingest'
  readonly target: string | null
  /** First characters, to recognise it in lists. */
  readonly prefix: string
  readonly createdAt: number
}

/**
 * Who may come in: looked up before a workspace is known, so these tables stand outside row-level security.
 * Tokens come as SHA-256 hashes (hex); the plain ones are never stored.
 */
export interface AccessRecords {
  /** Makes the workspace and its owner when there is none yet; returns the owner. */
  ensureOwner(workspace: string, email: string, now: number): Promise<Account>
  account(email: string): Promise<Account | undefined>
  /** Also ends the account’s other sessions and unused links; `keepSession` is the hash of the one that goes on. */
  setPassword(accountId: string, passwordHash: string, keepSession?: string): Promise<void>
  /** Workspaces of an account, the oldest membership first. */
  memberships(accountId: string): Promise<string[]>
  addLoginLink(hash: string, accountId: string, workspace: string, expiresAt: number): Promise<void>
  /** Uses the link up; undefined when it is unknown, used or expired. */
  takeLoginLink(hash: string, now: number): Promise<{ accountId: string; workspace: string } | undefined>
  addSession(hash: string, session: Omit<Session, 'role'>): Promise<void>
  session(hash: string, now: number): Promise<(Session & { account: Account }) | undefined>
  endSession(hash: string): Promise<void>
  addKey(hash: string, key: ApiKey): Promise<void>
  key(hash: string): Promise<ApiKey | undefined>
  keys(workspace: string): Promise<ApiKey[]>
  revokeKey(workspace: string, id: string): Promise<boolean>
  workspaces(): Promise<string[]>
  /** Small values of the installation: flags of the demo, wrapped data keys. */
  setting(name: string): Promise<string | undefined>
  setSetting(name: string, value: string): Promise<void>
}
