import { expect, it } from 'vitest'
import { compile } from '../engine/graph/compile.ts'
import { readDocument } from '../engine/graph/document.ts'
import { bindingsNeeded } from '../engine/graph/manifest.ts'
import { Policy } from '../schemas/policy.ts'
import { demoDocument } from './document.ts'
import { demoLabels } from './labels.ts'
import { demoPolicies } from './policies.ts'

function graph() {
  const { document, status } = readDocument(demoDocument())
  expect(status).toBe('completed')
  const result = document === null ? undefined : compile(document)
  if (result?.ok !== true) throw new Error(JSON.stringify(result?.problems))
  expect(result.problems).toEqual([])
  return result.graph
}

it('compiles without a complaint and has more than five nodes', () => {
  expect(graph().nodes.map(({ type }) => type)).toEqual([
    'start',
    'template-transform',
    'classifier',
    'if-else',
    'decide',
    'decide',
    'end',
    'end',
  ])
})

it('needs the classifier and the five policies, and names clauses that exist', () => {
  const needed = bindingsNeeded(graph())
  expect(needed.classifiers).toEqual(['report-triage'])
  expect([...needed.policies].sort()).toEqual(demoPolicies.map(({ id }) => id).sort())
  const clauses = new Set(demoPolicies.flatMap(({ id, clauses: list }) => list.map(clause => `${id}/${clause.id}`)))
  for (const node of graph().nodes.filter(({ type }) => type === 'decide')) {
    // Parsed by the schema of the decide node when the graph was compiled.
    const { policies } = node.data as { policies: { label: string; policy_id: string; clause_id: string }[] }
    expect(policies.map(({ label }) => label).sort()).toEqual(demoLabels.filter(label => label !== 'none').sort())
    for (const entry of policies) expect(clauses).toContain(`${entry.policy_id}/${entry.clause_id}`)
  }
})

it('has five policies in both languages', () => {
  expect(demoPolicies).toHaveLength(5)
  for (const policy of demoPolicies) {
    Policy.parse({ v: 1, version: 1, ...policy })
    for (const text of [policy.title, policy.text, ...policy.clauses.map(clause => clause.text)]) {
      expect(text['zh-CN']).toMatch(/\p{Script=Han}/u)
      expect(text.en).not.toMatch(/\p{Script=Han}/u)
    }
  }
})
