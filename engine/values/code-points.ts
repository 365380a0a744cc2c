/** The characters of a text as Python counts them: code points, where JavaScript counts UTF-16 units. */
export function codePoints(text: string): string[] {
  return Array.from(text)
}

export function codePointLength(text: string): number {
  let length = text.length
  for (let at = 0; at < text.length - 1; at += 1) {
    const high = text.charCodeAt(at)
    if (high < 0xd800 || high > 0xdbff) continue
    const low = text.charCodeAt(at + 1)
    if (low >= 0xdc00 && low <= 0xdfff) length -= 1
  }
  return length
}
