import { DatePicker } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import 'dayjs/locale/zh-cn'

/** Start and end of a range in milliseconds, shown in the reader’s zone or in UTC. */
export function RangePicker({
  from,
  to,
  utc,
  change,
}: {
  from: number
  to: number
  utc: boolean
  change: (from: number, to: number) => void
}) {
  return (
    <DatePicker.RangePicker
      showTime={{ format: 'HH:mm' }}
      format="YYYY-MM-DD HH:mm"
      allowClear={false}
      value={[shown(from, utc), shown(to, utc)]}
      onChange={days => {
        const [start, end] = days ?? []
        if (start && end) change(meant(start, utc), meant(end, utc))
      }}
      style={{ maxWidth: '100%' }}
    />
  )
}

/** The picker shows local time only: for UTC the moment is moved by the offset, so that its local clock reads as UTC. */
function shown(at: number, utc: boolean): Dayjs {
  const local = dayjs(at)
  return utc ? local.subtract(local.utcOffset(), 'minute') : local
}

function meant(day: Dayjs, utc: boolean): number {
  return (utc ? day.add(day.utcOffset(), 'minute') : day).valueOf()
}
