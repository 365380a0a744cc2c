import type { PlanRecords } from '../../../engine/ports/records.ts'
import type { Tenant } from '../database.ts'
import { claim, pruneClaims } from './claims.ts'
import { writing } from './writing.ts'
import { readOutbox, releaseOutbox } from './outbox.ts'
import { counts, marks } from './plan-marks.ts'
import { advance, create, open, prunePlans, seal } from './plan-steps.ts'

export function planRecords(tenant: Tenant): PlanRecords {
  return {
    create: plan =>
      writing(
        { ...plan },
        tenant.transaction(queries => create(queries, plan)),
      ),
    open: pipeline => open(tenant, pipeline),
    marks: pipeline => marks(tenant, pipeline),
    seal: (id, epoch, hash, outbox) => seal(tenant, id, epoch, hash, outbox),
    advance: (id, from, to) => advance(tenant, id, from, to),
    outbox: planId => readOutbox(tenant, planId),
    releaseOutbox: (planId, ids) => releaseOutbox(tenant, planId, ids),
    claim: (source, incarnation, claims, windowMs) => claim(tenant, source, incarnation, claims, windowMs),
    counts: pipeline => counts(tenant, pipeline),
    async prune(olderThan) {
      await prunePlans(tenant, olderThan)
      await pruneClaims(tenant, olderThan)
    },
  }
}
