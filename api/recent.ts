/** A look-up whose answers are kept for a short time. Failures are not kept. */
export interface Recent<Value> {
  get(key: string): Promise<Value>
  forget(key: string): void
}

const maxEntries = 10_000

export function recent<Value>(ttlMs: number, load: (key: string) => Promise<Value>): Recent<Value> {
  const entries = new Map<string, { value: Promise<Value>; until: number }>()
  return {
    get(key) {
      const found = entries.get(key)
      if (found !== undefined && found.until > performance.now()) return found.value
      if (entries.size >= maxEntries) entries.clear()
      const value = load(key)
      entries.set(key, { value, until: performance.now() + ttlMs })
      value.catch(() => entries.delete(key))
      return value
    },
    forget(key) {
      entries.delete(key)
    },
  }
}
