/** A request that cannot be made or an answer that cannot be used; `kind` is what error strategies see. */
export class RequestFailure extends Error {
  readonly kind: string

  constructor(message: string, kind = 'HttpRequestNodeError') {
    super(message)
    this.name = 'RequestFailure'
    this.kind = kind
  }
}
