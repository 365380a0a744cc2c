/**
 * Rows of decisions in a range of event times, as a condition; `from` and `to` name parameters in milliseconds.
 * Partitions go by receipt, and no event is charted later than five minutes after it: that rules old partitions out.
 */
export function eventTimeBetween(from: string, to: string): string {
  const at = (name: string): string => `fromUnixTimestamp64Milli({${name}:Int64}, 'UTC')`
  return `(event_time >= ${at(from)} AND event_time < ${at(to)} AND received_at >= ${at(from)} - INTERVAL 5 MINUTE)`
}
