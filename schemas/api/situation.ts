import * as z from 'zod'
import { Decision, DecisionStatus } from '../decision.ts'
import { Millis } from '../ids.ts'
import { PolicyText } from '../policy.ts'
import { Run } from '../run.ts'

export const Bucket = z.enum(['minute', '5min', 'hour', 'day'])

/** What narrows the numbers of a page. An empty label or surface means “without one”; an absent one means any. */
const dimensions = {
  pipeline: z.string().max(63).optional(),
  appId: z.string().max(63).optional(),
  label: z.string().max(128).optional(),
  surface: z.string().max(64).optional(),
  action: z.string().max(64).optional(),
}

/** Half-open range of event times in milliseconds. Answers name the range that was counted: whole minutes. */
export const TimeRange = z.strictObject({ from: Millis, to: Millis })

export const SituationRequest = z.strictObject({
  ...TimeRange.shape,
  bucket: Bucket.optional().describe('chosen by the length of the range when absent'),
  timeZone: z.string().max(64).default('UTC').describe('IANA name; where days begin'),
  ...dimensions,
})

/** Names rows of decisions: query of the list of decisions. */
export const DecisionFilter = z.strictObject({
  from: Millis.optional(),
  to: Millis.optional(),
  ...dimensions,
  status: DecisionStatus.optional(),
  risky: z.boolean().optional().describe('decided with a label, or without one'),
  source: z.string().max(63).optional(),
  eventType: z.string().max(128).optional(),
  subject: z.string().max(512).optional(),
  errorCode: z.string().max(64).optional(),
  scoreMin: z.number().min(0).max(1).optional(),
  scoreMax: z.number().min(0).max(1).optional(),
  text: z.string().max(200).optional().describe('part of the text, whatever the case'),
})

export const DecisionListRequest = z.strictObject({
  ...DecisionFilter.shape,
  limit: z.int().min(1).max(500).default(50),
  cursor: z.string().max(512).optional().describe('`next` of the page before'),
  count: z.boolean().optional().describe('also counts all rows that the filter names'),
})

const period = { from: Millis, to: Millis }

/** Decided events over time, one series a label; the empty label is “no label”. */
export const SituationSeries = z.object({
  ...period,
  asOf: Millis,
  bucket: Bucket,
  timeZone: z.string(),
  buckets: z.array(
    z.object({
      ...period,
      complete: z.boolean().describe('false where the range or the present cuts the bucket'),
    }),
  ),
  series: z.array(z.object({ label: z.string(), total: z.int(), counts: z.array(z.int()).describe('one a bucket') })),
  rest: z
    .object({ labels: z.int(), total: z.int(), counts: z.array(z.int()) })
    .nullable()
    .describe('sum of the labels beyond those listed'),
  rows: DecisionFilter.describe('rows behind the sum; a point adds its label and takes the from and to of its bucket'),
})

const Figure = z.object({
  value: z.number().nullable().describe('null when there is nothing to measure'),
  before: z.number().nullable().describe('the same over the period before, of equal length'),
  rows: DecisionFilter.describe('rows behind `value`'),
})

export const SituationTotals = z.object({
  ...period,
  before: z.object(period),
  asOf: Millis,
  decided: Figure,
  risky: Figure.describe('decided with a label'),
  riskyShare: Figure.describe('risky / decided'),
  deadLettered: Figure,
  filtered: Figure,
  latencyP95Ms: Figure.describe('from receipt to decision; read from a histogram, at most 4.5 % off'),
  tokens: Figure,
  cost: Figure.describe('US dollars'),
})

export const SituationTable = z.object({
  ...period,
  asOf: Millis,
  labels: z.array(z.string()).describe('most frequent first'),
  surfaces: z.array(z.string()).describe('most frequent first'),
  cells: z.array(z.object({ label: z.string(), surface: z.string(), decided: z.int() })),
  rows: DecisionFilter.describe('rows behind the sum; a cell adds its label and surface'),
})

/** Values that occur in the range, for filters. */
export const SituationFacets = z.object({
  pipelines: z.array(z.string()),
  appIds: z.array(z.string()),
  labels: z.array(z.string()),
  surfaces: z.array(z.string()),
  actions: z.array(z.string()),
})

export const DecisionSummary = Decision.omit({ v: true, workspace: true }).extend({
  id: z.string().describe('names the decision in addresses'),
})

export const DecisionPage = z.object({
  ...period,
  decisions: z.array(DecisionSummary),
  next: z.string().nullable(),
  total: z.int().nullable().describe('all rows that the filter names; null unless asked for'),
})

export const EventRecord = z.object({
  source: z.string(),
  incarnation: z.int(),
  partition: z.int(),
  offset: z.int(),
  receivedAt: Millis,
  eventTime: Millis,
  timeClamped: z.boolean(),
  payload: z.unknown().describe('the event; the raw record as text where it was malformed'),
  errorCode: z.string(),
  errorMessage: z.string(),
})

export const RunRecord = Run.omit({ v: true, workspace: true })

/** What a decision rests on, in the words of the version that it names. */
export const PolicyQuote = z.object({
  title: PolicyText,
  clause: PolicyText.nullable().describe('null when that version has no such clause'),
})

export const DecisionDetail = z.object({
  decision: DecisionSummary,
  revisions: z.array(DecisionSummary).describe('all revisions, the newest first'),
  event: EventRecord.nullable(),
  run: RunRecord.nullable().describe('null when nothing ran or the pipeline keeps no traces'),
  policy: PolicyQuote.nullable().describe('null when none is bound, or it is not known here'),
})

export type Bucket = z.infer<typeof Bucket>
export type TimeRange = z.infer<typeof TimeRange>
export type SituationRequest = z.infer<typeof SituationRequest>
export type DecisionFilter = z.infer<typeof DecisionFilter>
export type DecisionListRequest = z.infer<typeof DecisionListRequest>
export type SituationSeries = z.infer<typeof SituationSeries>
export type SituationTotals = z.infer<typeof SituationTotals>
export type SituationTable = z.infer<typeof SituationTable>
export type SituationFacets = z.infer<typeof SituationFacets>
export type DecisionSummary = z.infer<typeof DecisionSummary>
export type DecisionPage = z.infer<typeof DecisionPage>
export type EventRecord = z.infer<typeof EventRecord>
export type RunRecord = z.infer<typeof RunRecord>
export type PolicyQuote = z.infer<typeof PolicyQuote>
export type DecisionDetail = z.infer<typeof DecisionDetail>
