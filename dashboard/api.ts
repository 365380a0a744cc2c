import type { ErrorBody } from '../schemas/api/error.ts'

/** A refusal of the server, in its words. `status` 0 means that no answer came. */
export class ApiError extends Error {
  readonly status: number
  readonly remedy: string

  constructor(status: number, message: string, remedy: string) {
    super(message)
    this.status = status
    this.remedy = remedy
  }
}

export async function get<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  return send<Answer>(path, signal === undefined ? {} : { signal })
}

export async function post<Answer>(path: string, body: unknown): Promise<Answer> {
  return send<Answer>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

async function send<Answer>(path: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(path, { credentials: 'same-origin', ...init }).catch((error: unknown) => {
    if (init.signal?.aborted) throw error
    throw new ApiError(0, 'no connection', '')
  })
  // The server answers JSON of the contract that the caller names; both come from one schema.
  if (response.ok) return (await response.json()) as Answer
  const refusal = (await response.json().catch(() => ({}))) as Partial<ErrorBody>
  throw new ApiError(response.status, refusal.message ?? response.statusText, refusal.remedy ?? '')
}

/** Query string of the entries that are set. */
export function queryOf(entries: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(entries)) if (value !== undefined) query.set(name, String(value))
  return query.size === 0 ? '' : `?${query.toString()}`
}
