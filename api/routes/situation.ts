import type { FastifyInstance } from 'fastify'
import type * as z from 'zod'
import { RiskloomError } from '../../engine/error.ts'
import * as situation from '../../engine/situation/situation.ts'
import * as contract from '../../schemas/api/situation.ts'
import { answerSchema, jsonSchema } from '../contract.ts'
import type { RouteServices } from '../route-services.ts'

const tags = ['situation']
/** Longest range that one question may cover. */
const longestMs = 400 * 86_400_000
const facetsMs = 30 * 86_400_000

type SituationRequest = z.infer<typeof contract.SituationRequest>

export function situationRoutes(app: FastifyInstance, services: RouteServices): void {
  const { analytics, clock } = services
  const overRange = (answer: z.ZodType) => ({
    schema: { tags, querystring: jsonSchema(contract.SituationRequest), response: { 200: answerSchema(answer) } },
  })

  app.get('/api/situation/series', overRange(contract.SituationSeries), request =>
    situation.loadSeries(
      analytics,
      request.identity.workspace,
      checked(request.query as SituationRequest),
      clock.now(),
    ),
  )

  app.get('/api/situation/totals', overRange(contract.SituationTotals), request =>
    situation.loadTotals(
      analytics,
      request.identity.workspace,
      checked(request.query as SituationRequest),
      clock.now(),
    ),
  )

  app.get('/api/situation/table', overRange(contract.SituationTable), request =>
    situation.loadTable(analytics, request.identity.workspace, checked(request.query as SituationRequest), clock.now()),
  )

  app.get(
    '/api/situation/facets',
    { schema: { tags, response: { 200: answerSchema(contract.SituationFacets) } } },
    request => {
      const to = clock.now()
      return situation.loadFacets(analytics, request.identity.workspace, { from: to - facetsMs, to })
    },
  )

  app.get(
    '/api/decisions',
    {
      schema: {
        tags,
        querystring: jsonSchema(contract.DecisionListRequest),
        response: { 200: answerSchema(contract.DecisionPage) },
      },
    },
    request => {
      const query = request.query as contract.DecisionListRequest
      return situation.loadDecisions(analytics, request.identity.workspace, query, clock.now())
    },
  )

  app.get('/api/decisions/:id', { schema: { tags } }, async request => {
    const { id } = request.params as { id: string }
    const found = await situation.loadDecision(analytics, request.identity.workspace, id)
    if (found === undefined) throw new RiskloomError('not-found', `there is no decision ${id}`)
    return { ...found, policy: await policyQuote(services, request.identity.workspace, found.decision) }
  })
}

async function policyQuote(
  services: RouteServices,
  workspace: string,
  { policyId, policyClause, policyVersion }: contract.DecisionSummary,
): Promise<contract.PolicyQuote | null> {
  // Version 0 says that no policy was bound; the records would answer it with the newest.
  if (policyId === '' || policyVersion === 0) return null
  const policy = await services.records.workspace(workspace).policies.get(policyId, policyVersion)
  if (policy === undefined) return null
  const clause = policy.clauses.find(({ id }) => id === policyClause)
  return { title: policy.title, clause: clause?.text ?? null }
}

function checked(request: SituationRequest): SituationRequest {
  const { from, to, timeZone } = request
  const refuse = (field: string, message: string): never => {
    throw new RiskloomError('invalid-request', `${field}: ${message}`, { details: { field } })
  }
  if (to <= from) refuse('to', `${to} is not behind from, ${from}`)
  if (to - from > longestMs) refuse('from', 'a range covers at most 400 days')
  if (!isTimeZone(timeZone)) refuse('timeZone', `${timeZone} is no IANA time zone`)
  return request
}

function isTimeZone(name: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
