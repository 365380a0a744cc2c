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
import { seriesColours } from '../theme.ts'
import { useZone } from '../zone.ts'
import { useFormat } from './format.ts'
import { useName } from './label-name.ts'
import { dayMs, keyOf, labelOf, openEnds, pointsOf, ticksOf } from './trend-points.ts'

const narrowPx = 560

/** Lines over a time axis. A click on a point leads to its decisions. */
export function TrendChart({ series, utc }: { series: SituationSeries; utc: boolean }) {
  const { token } = theme.useToken()
  const { dark } = usePreferences()
  const format = useFormat(utc)
  const name = useName('label')
  const open = useOpenPoint(series)
  const points = useMemo(() => pointsOf(series), [series])
  const colours = seriesColours(
    series.series.map(({ label }) => label),
    dark,
  )
  const ticks = useTicks(series, utc)
  const tick = { fill: token.colorTextSecondary, fontSize: 12 }
  const atText = (at: number): string => (series.bucket === 'day' ? format.day(at) : format.minute(at))
  const tickText = (at: number): string =>
    ticks.stepMs >= dayMs || ticks.isMidnight(at) ? format.day(at) : format.hour(at)
  return (
    <div style={{ width: '100%', height: 320 }} data-testid="trend-chart">
      <ResponsiveContainer>
        <LineChart data={points} margin={{ top: 8, right: 24, bottom: 0, left: -8 }} accessibilityLayer>
          <CartesianGrid stroke={token.colorBorderSecondary} vertical={false} />
          <XAxis
            dataKey="at"
            type="number"
            scale="time"
            domain={['dataMin', 'dataMax']}
            ticks={ticks.at}
            tickFormatter={tickText}
            tick={tick}
            stroke={token.colorBorder}
            minTickGap={8}
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
            itemSorter={item => -Number(item.value)}
            contentStyle={{
              background: token.colorBgElevated,
              border: `1px solid ${token.colorBorder}`,
              borderRadius: 8,
            }}
            labelStyle={{ color: token.colorText }}
            isAnimationActive={false}
          />
          <Legend
            itemSorter={null}
            formatter={key => <span style={{ color: token.colorText }}>{name(labelOf(String(key)))}</span>}
          />
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
          {series.series.map(({ label }) => (
            <Line
              key={label}
              name={keyOf(label)}
              dataKey={keyOf(label)}
              stroke={colours.get(label) ?? token.colorText}
              strokeWidth={label === '' ? 1.5 : 2}
              dot={false}
              activeDot={{
                r: 5,
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

function useOpenPoint(series: SituationSeries): (label: string, index: number | undefined) => void {
  const navigate = useNavigate()
  const zone = useZone()
  return (label, index) => {
    const bucket = index === undefined ? undefined : series.buckets[index]
    if (bucket === undefined) return
    const rows = { ...series.rows, label, from: bucket.from, to: bucket.to }
    void navigate({ to: '/decisions', search: { ...readDecisionsSearch(rows), ...zone } })
  }
}

function useTicks({ buckets }: SituationSeries, utc: boolean) {
  const [from, to] = [buckets[0]?.from ?? 0, buckets.at(-1)?.from ?? 0]
  return useMemo(() => {
    const offsetMs = utc ? 0 : -new Date(to).getTimezoneOffset() * 60_000
    const most = window.innerWidth < narrowPx ? 4 : 8
    return { ...ticksOf(from, to, offsetMs, most), isMidnight: (at: number) => (at + offsetMs) % dayMs === 0 }
  }, [from, to, utc])
}
