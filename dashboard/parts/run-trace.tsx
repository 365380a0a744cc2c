import { Timeline, Typography } from 'antd'
import { useTranslation } from 'react-i18next'
import type { RunRecord } from '../../schemas/api/situation.ts'
import type { NodeRun } from '../../schemas/node-run.ts'
import { Chip } from './chip.tsx'
import { useFormat } from './format.ts'
import { Values } from './values.tsx'

const colours = { succeeded: 'green', failed: 'red', exception: 'orange' } as const

/** The nodes of a run in the order of their completion, with inputs, outputs, time, tokens and cost. */
export function RunTrace({ run }: { run: RunRecord }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <>
      <Typography.Paragraph type="secondary">
        {t('decision.run')} {run.runId} · {t(`runStatus.${run.status}`)} · {format.duration(run.elapsedMs)} ·{' '}
        {format.count(run.tokens)} {t('decision.tokens')} · {format.cost(run.cost)}
      </Typography.Paragraph>
      {run.error === null ? null : <Typography.Paragraph type="danger">{run.error}</Typography.Paragraph>}
      <Timeline
        items={run.nodes.map(node => ({
          key: node.id,
          color: colours[node.status],
          content: <NodeItem node={node} calls={run.modelCalls.filter(call => call.nodeId === node.nodeId)} />,
        }))}
      />
    </>
  )
}

function NodeItem({ node, calls }: { node: NodeRun; calls: RunRecord['modelCalls'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div data-testid={`node-${node.nodeId}`}>
      <strong>{node.title === '' ? node.nodeId : node.title}</strong> <Chip>{node.nodeType}</Chip>
      {node.handle === null || node.handle === 'source' ? null : <Chip tone="info">→ {node.handle}</Chip>}
      <Typography.Text type="secondary">
        {format.duration(node.elapsedMs)}
        {node.tokens > 0 ? ` · ${format.count(node.tokens)} ${t('decision.tokens')}` : ''}
        {node.cost > 0 ? ` · ${format.cost(node.cost)}` : ''}
        {node.attempts > 1 ? ` · ${t('decision.attempts')}: ${node.attempts}` : ''}
      </Typography.Text>
      {node.error === null ? null : <Typography.Paragraph type="danger">{node.error}</Typography.Paragraph>}
      <Values title={t('decision.inputs')} value={node.inputs} />
      <Values title={t('decision.outputs')} value={node.outputs} open />
      <Values title={t('decision.process')} value={node.processData} />
      {calls.map(call => (
        <Typography.Paragraph key={call.id} type="secondary" style={{ margin: 0 }}>
          {t('decision.model')}: {call.provider} / {call.model} · {format.duration(call.elapsedMs)} ·{' '}
          {format.count(call.promptTokens)} + {format.count(call.completionTokens)} {t('decision.tokens')} ·{' '}
          {format.cost(call.cost)}
        </Typography.Paragraph>
      ))}
    </div>
  )
}
