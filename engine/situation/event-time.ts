const maxAgeMs = 400 * 86_400_000
const maxAheadMs = 5 * 60_000

/**
 * The time an event is charted at: its own where that is believable, held within [receipt − 400 days, receipt + 5 min].
 * Without a readable time it is the receipt. Times are milliseconds since the epoch.
 */
export function clampEventTime(
  time: string | undefined,
  receivedAt: number,
): { eventTime: number; timeClamped: boolean } {
  const own = time === undefined ? receivedAt : Date.parse(time)
  if (Number.isNaN(own)) return { eventTime: receivedAt, timeClamped: true }
  const eventTime = Math.min(Math.max(own, receivedAt - maxAgeMs), receivedAt + maxAheadMs)
  return { eventTime, timeClamped: eventTime !== own }
}
