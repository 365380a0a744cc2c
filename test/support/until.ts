/** Tries again until nothing is thrown; then, after the limit, throws what was thrown last. */
export async function until(probe: () => Promise<void>, limitMs = 30_000, everyMs = 200): Promise<void> {
  const end = performance.now() + limitMs
  for (;;) {
    try {
      return await probe()
    } catch (error) {
      if (performance.now() > end) throw error
    }
    await new Promise(resolve => setTimeout(resolve, everyMs))
  }
}
