import { useTranslation } from 'react-i18next'
import type { RunRecord } from '../../schemas/api/situation.ts'
import type { NodeRun } from '../../schemas/node-run.ts'
import { Chip } from './chip.tsx'
import { useFormat } from './format.ts'
import { useName } from './label-name.ts'
import { Values } from './values.tsx'

/** The nodes of a run in the order of their completion, with inputs, outputs, time, tokens and cost. */
export function RunTrace({ run }: { run: RunRecord }) {
  const { t } = useTranslation()
  const format = useFormat()
  const facts = [
    t(`purpose.${run.purpose}`),
    t(`runStatus.${run.status}`),
    format.duration(run.elapsedMs),
    `${format.count(run.tokens)} ${t('decision.tokens')}`,
    format.cost(run.cost),
  ]
  return (
    <>
      <p className="quiet sentence">
        {t('decision.run')} {run.runId}
        <br />
        {facts.join(' · ')}
      </p>
      {run.error === null ? null : <p className="danger sentence">{run.error}</p>}
      <ol className="timeline">
        {run.nodes.map(node => (
          <li key={node.id} className={node.status}>
            <NodeItem node={node} calls={run.modelCalls.filter(call => call.nodeId === node.nodeId)} />
          </li>
        ))}
      </ol>
    </>
  )
}

function NodeItem({ node, calls }: { node: NodeRun; calls: RunRecord['modelCalls'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const type = useName('nodeType')
  return (
    <div data-testid={`node-${node.nodeId}`}>
      <h3>{node.title === '' ? node.nodeId : node.title}</h3> <Chip>{type(node.nodeType)}</Chip>{' '}
      {node.status === 'succeeded' ? null : <Chip tone="bad">{t(`nodeStatus.${node.status}`)}</Chip>}{' '}
      {node.handle === null || node.handle === 'source' ? null : <Chip tone="info">→ {node.handle}</Chip>}{' '}
      <span className="quiet">
        {format.duration(node.elapsedMs)}
        {node.tokens > 0 ? ` · ${format.count(node.tokens)} ${t('decision.tokens')}` : ''}
        {node.cost > 0 ? ` · ${format.cost(node.cost)}` : ''}
        {node.attempts > 1 ? ` · ${t('decision.attempts')}: ${node.attempts}` : ''}
      </span>
      {node.error === null ? null : <p className="danger sentence">{node.error}</p>}
      <Values title={t('decision.inputs')} value={node.inputs} />
      <Values title={t('decision.outputs')} value={node.outputs} open />
      <Values title={t('decision.process')} value={node.processData} />
      {calls.map(call => (
        <p key={call.id} className="quiet sentence">
          {t('decision.model')}: {call.provider} / {call.model} · {format.duration(call.elapsedMs)} ·{' '}
          {format.count(call.promptTokens)} + {format.count(call.completionTokens)} {t('decision.tokens')} ·{' '}
          {format.cost(call.cost)}
        </p>
      ))}
    </div>
  )
}
