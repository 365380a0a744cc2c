import { isUtf8 } from 'node:buffer'
import type { OutboxItem } from '../engine/ports/records.ts'
import type { Decision } from '../schemas/decision.ts'
import type { DeadLetter } from '../schemas/dead-letter.ts'
import { decisionKey, itemKey } from './identity.ts'
import type { Item } from './item.ts'

/** What leaves for a dead-lettered decision: the record as it was, with the reason. */
export function deadLetterItem(decision: Decision, item: Item): OutboxItem {
  const utf8 = isUtf8(item.record.value)
  const letter: DeadLetter = {
    v: 1,
    workspace: decision.workspace,
    pipeline: decision.pipeline,
    source: decision.source,
    incarnation: decision.incarnation,
    partition: decision.partition,
    offset: decision.offset,
    revision: decision.revision,
    eventId: decision.eventId,
    versionId: decision.versionId,
    runId: decision.runId,
    errorCode: decision.errorCode,
    errorMessage: decision.errorMessage,
    receivedAt: decision.receivedAt,
    headers: { ...item.record.headers },
    encoding: utf8 ? 'utf8' : 'base64',
    value: utf8 ? item.text : Buffer.from(item.record.value).toString('base64'),
  }
  return { id: itemKey(decision), kind: 'dead-letter', key: decisionKey(decision), payload: JSON.stringify(letter) }
}
