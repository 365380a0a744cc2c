import { endData, modelData, startData, templateData, workflowDocument } from './workflow.ts'

/** Gives back the number it gets. */
export function numbersDocument(): string {
  const start = { type: 'start', variables: [{ variable: 'n', label: 'n', type: 'number', required: false }] }
  return workflowDocument({ start, end: endData({ n: 'start.n' }) }, [{ from: 'start', to: 'end' }])
}

/** start → code → template → llm → if-else → decide → end */
export function wholeDocument(): string {
  const variables = [
    ...(startData('text')['variables'] as object[]),
    { variable: 'count', label: 'count', type: 'number', required: true },
  ]
  return workflowDocument(
    {
      start: { type: 'start', variables },
      code: {
        type: 'code',
        code_language: 'javascript',
        code: `function main({ text, count }) {
          const risky = text.includes('free')
          return { label: risky ? 'spam' : 'none', score: risky ? 0.9 : 0.1, double: count * 2, length: text.length }
        }`,
        variables: [
          { variable: 'text', value_selector: ['start', 'text'] },
          { variable: 'count', value_selector: ['start', 'count'] },
        ],
        outputs: {
          label: output('string'),
          score: output('number'),
          double: output('number'),
          length: output('number'),
        },
      },
      shout: templateData('{{ t | upper }} {{ n }}', { t: 'start.text', n: 'code.length' }),
      ask: modelData('judge {{#shout.output#}}'),
      choose: {
        type: 'if-else',
        cases: [
          {
            case_id: 'risky',
            logical_operator: 'and',
            conditions: [
              { variable_selector: ['code', 'score'], comparison_operator: '>', value: '0.5', varType: 'number' },
            ],
          },
        ],
      },
      decide: {
        type: 'decide',
        label_selector: ['code', 'label'],
        score_selector: ['code', 'score'],
        rules: [{ labels: ['spam'], min_score: 0.5, action: 'remove' }],
        default_action: 'allow',
      },
      end: endData({ said: 'ask.text', label: 'decide.label', action: 'decide.action', double: 'code.double' }),
    },
    [
      { from: 'start', to: 'code' },
      { from: 'code', to: 'shout' },
      { from: 'shout', to: 'ask' },
      { from: 'ask', to: 'choose' },
      { from: 'choose', to: 'decide', handle: 'risky' },
      { from: 'choose', to: 'decide', handle: 'false' },
      { from: 'decide', to: 'end' },
    ],
  )
}

function output(type: string): object {
  return { type, children: null }
}
