import type { Decision } from '../../schemas/decision.ts'
import { Purpose } from '../../schemas/decision.ts'

/** Identity of a decision within its workspace, and its event time, which says where to look. */
export type DecisionIdentity = Pick<
  Decision,
  'pipeline' | 'source' | 'incarnation' | 'partition' | 'offset' | 'purpose' | 'jobId' | 'eventTime'
>

/** The identity as one word for addresses: fields never hold a dot. */
export function decisionId(decision: DecisionIdentity): string {
  const { pipeline, source, incarnation, partition, offset, purpose, jobId, eventTime } = decision
  return [eventTime, pipeline, source, incarnation, partition, offset, purpose, jobId].join('.')
}

/** Undefined when the text is no identity. */
export function parseDecisionId(text: string): DecisionIdentity | undefined {
  const parts = /^(\d{1,15})\.([a-z0-9-]+)\.([a-z0-9-]+)\.(\d{1,9})\.(\d{1,9})\.(\d{1,15})\.([a-z]+)\.([\w-]*)$/.exec(
    text,
  )
  if (parts === null) return undefined
  const [, eventTime, pipeline = '', source = '', incarnation, partition, offset, word, jobId = ''] = parts
  const purpose = Purpose.safeParse(word)
  if (!purpose.success) return undefined
  return {
    eventTime: Number(eventTime),
    pipeline,
    source,
    incarnation: Number(incarnation),
    partition: Number(partition),
    offset: Number(offset),
    purpose: purpose.data,
    jobId,
  }
}
