type Render = (template: string) => string

/**
 * Reads `key: value` lines. The lines are cut before their variables are filled in, so that a variable with a line break
 * stays one value. Lines without a key are dropped, a line without a colon is a key with an empty value.
 */
export function readLines(text: string, render: Render): [key: string, value: string][] {
  return text
    .split(/\r?\n/)
    .map((line): [string, string] => {
      const colon = colonOf(line)
      const cut = colon === -1 ? line.length : colon
      return [render(line.slice(0, cut).trim()).trim(), render(line.slice(cut + 1).trim()).trim()]
    })
    .filter(([key]) => key !== '')
}

/** The first colon that is not part of a `{{#…#}}`. */
function colonOf(line: string): number {
  return line.replace(/\{\{#[^}]*#\}\}/g, marker => '_'.repeat(marker.length)).indexOf(':')
}

/** Pairs of equal keys side by side, at the place of the first: the order in which the DSL sends parameters. */
export function grouped(pairs: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  const keys = new Set(pairs.map(([key]) => key))
  return [...keys].flatMap(key => pairs.filter(([other]) => other === key))
}

/** Percent-encoding of any text; halves of characters become the replacement character. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'))
}
