import type { ChecklistItem } from '../../schemas/api/apps.ts'

/** One entry of the checklist: what is wrong where, and what was expected. Errors keep a document from running. */
export type Problem = ChecklistItem
