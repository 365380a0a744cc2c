import type { Port } from './port.ts'

export interface HttpRequest {
  readonly workspace: string
  readonly method: string
  readonly url: string
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly body?: Uint8Array | string
  readonly timeout: { readonly connectMs: number; readonly readMs: number; readonly totalMs: number }
  /** Follow up to this many redirects, each of them checked again. */
  readonly redirects: number
  /** Larger bodies end with `limit-exceeded`. */
  readonly maxBytes: number
  readonly verifyTls?: boolean
  readonly signal?: AbortSignal
}

export interface HttpResponse {
  readonly status: number
  readonly url: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
}

/**
 * The only way out. Resolves names once and connects to the checked address; refuses private, loopback, link-local and
 * other special ranges unless `host:port` is allowed; http and https only.
 */
export interface Http extends Port {
  request(request: HttpRequest): Promise<HttpResponse>
  /** The same guard as a `fetch`, for client libraries. */
  fetch(workspace: string): typeof fetch
}
