import type { ChecklistItem } from '../../schemas/api/apps.ts'

/** One entry of the checklist: what is wrong where, and what was expected. Errors keep a document from running. */
export type Problem = ChecklistItem

/** A problem of a node (or, with null, of the whole document). */
export function problem(
  severity: Problem['severity'],
  nodeId: string | null,
  message: string,
  more: { field?: string; expected?: string } = {},
): Problem {
  return { severity, nodeId, message, field: more.field ?? null, expected: more.expected ?? null }
}
