import * as z from 'zod'

/**
 * Place of an event in its source. With workspace and pipeline it is the identity for delivery.
 * `incarnation` changes when a source is deleted and made again under the same name; offsets start at 0.
 */
export const Position = z.strictObject({
  source: z.string(),
  incarnation: z.int().min(1),
  partition: z.int().min(0),
  offset: z.int().min(0),
})

/** Half-open range of offsets of one partition: `from` included, `to` excluded. */
export const OffsetRange = z.strictObject({ partition: z.int().min(0), from: z.int().min(0), to: z.int().min(0) })

export type Position = z.infer<typeof Position>
export type OffsetRange = z.infer<typeof OffsetRange>
