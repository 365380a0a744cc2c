import { useNavigate } from '@tanstack/react-router'
import { theme } from 'antd'
import { useMemo } from 'react'
import {
  CartesianGrid,
  Legend,
  Line,
  LineChart,
  ReferenceArea,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import type { SituationSeries } from '../../schemas/api/situation.ts'
import { usePreferences } from '../preferences.tsx'
import { readDecisionsSearch } from '../search.ts'
import { seriesColour } from '../theme.ts'
import { useFormat } from './format.ts'
import { useName } from './label-name.ts'

type Point = { readonly at: number } & Readonly<Record<string, number>>

/** Lines over a time axis. A click on a point leads to its decisions. */
export function TrendChart({ series, utc }: { series: SituationSeries; utc: boolean }) {
  const { token } = theme.useToken()
  const { dark } = usePreferences()
  const format = useFormat(utc)
  const name = useName('label')
  const navigate = useNavigate()
  const points = useMemo(() => pointsOf(series), [series])
  const tick = { fill: token.colorTextSecondary, fontSize: 12 }
  const atText = (at: number): string => (series.bucket === 'day' ? format.day(at) : format.minute(at))
  const open = (label: string, index: number | undefined): void => {
    const bucket = index === undefined ? undefined : series.buckets[index]
    if (bucket === undefined) return
    void navigate({
      to: '/decisions',
      search: readDecisionsSearch({ ...series.rows, label, from: bucket.from, to: bucket.to }),
    })
  }
  return (
    <div style={{ width: '100%', height: 320 }} data-testid="trend-chart">
      <ResponsiveContainer>
        <LineChart data={points} margin={{ top: 8, right: 28, bottom: 0, left: -12 }} accessibilityLayer>
          <CartesianGrid stroke={token.colorBorderSecondary} vertical={false} />
          <XAxis
            dataKey="at"
            type="number"
            scale="time"
            domain={['dataMin', 'dataMax']}
            tickFormatter={atText}
            tick={tick}
            stroke={token.colorBorder}
            minTickGap={48}
          />
          <YAxis
            allowDecimals={false}
            tick={tick}
            stroke={token.colorBorder}
            tickFormatter={value => format.count(Number(value))}
          />
          <Tooltip
            labelFormatter={at => atText(Number(at))}
            formatter={(value, key) => [format.count(Number(value)), name(labelOf(String(key)))]}
            contentStyle={{
              background: token.colorBgElevated,
              border: `1px solid ${token.colorBorder}`,
              borderRadius: 8,
            }}
            labelStyle={{ color: token.colorText }}
          />
          <Legend formatter={key => <span style={{ color: token.colorText }}>{name(labelOf(String(key)))}</span>} />
          {openEnds(series).map(({ from, to }) => (
            <ReferenceArea
              key={from}
              x1={from}
              x2={to}
              fill={token.colorTextQuaternary}
              fillOpacity={0.35}
              strokeOpacity={0}
            />
          ))}
          {series.series.map(({ label }, index) => (
            <Line
              key={label}
              dataKey={keyOf(label)}
              stroke={seriesColour(label, index, dark)}
              strokeWidth={label === '' ? 1.5 : 2}
              dot={false}
              activeDot={{
                onClick: (_event, payload) => open(label, (payload as { index?: number }).index),
                style: { cursor: 'pointer' },
              }}
              isAnimationActive={false}
              connectNulls={false}
            />
          ))}
        </LineChart>
      </ResponsiveContainer>
    </div>
  )
}

/** Keys of points are prefixed: a label may be called `at`, or be empty. */
const keyOf = (label: string): string => `label:${label}`
const labelOf = (key: string): string => key.slice(6)

function pointsOf({ buckets, series }: SituationSeries): Point[] {
  return buckets.map(({ from }, index) => ({
    at: from,
    ...Object.fromEntries(series.map(({ label, counts }) => [keyOf(label), counts[index] ?? 0])),
  }))
}

/** Stretches of the axis that lead to a bucket which the range or the present cuts: their numbers are not whole yet. */
function openEnds({ buckets }: SituationSeries): { from: number; to: number }[] {
  const stretch = (cut: number, whole: number): { from: number; to: number }[] => {
    const [a, b] = [buckets.at(cut), buckets.at(whole)]
    if (buckets.length < 2 || a === undefined || b === undefined || a.complete) return []
    return [{ from: Math.min(a.from, b.from), to: Math.max(a.from, b.from) }]
  }
  return [...stretch(0, 1), ...stretch(-1, -2)]
}
