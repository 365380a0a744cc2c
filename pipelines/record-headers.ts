/** Headers of records in a source’s topic. The receipt is the record’s own timestamp. */
export const headerNames = {
  contentType: 'content-type',
  /** Line of a file at which the record begins. */
  line: 'line',
  /** Why the reader could not make an event of it; the value is then the raw text. */
  error: 'error',
} as const

export const eventContentType = 'application/cloudevents+json'
