const open = '<think>'
const close = '</think>'

/** Splits a text that streams in pieces into what was thought and what is said; tags may be cut anywhere. */
export interface ReasoningSplitter {
  /** The part of the answer that is certain after this piece. */
  push(piece: string): string
  /** What was held back at the end. */
  end(): string
  readonly reasoning: string
}

export function reasoningSplitter(): ReasoningSplitter {
  let held = ''
  let thinking = false
  let started = false
  const thoughts: string[] = []

  const take = (isLast: boolean): string => {
    let said = ''
    for (;;) {
      const tag = thinking ? close : open
      const at = held.indexOf(tag)
      // A tag that is not whole yet stays back; after the last piece there is nothing to wait for.
      const certain = at !== -1 ? at : held.length - (isLast ? 0 : partialTag(held, tag))
      if (thinking) thoughts.push(held.slice(0, certain))
      else said += held.slice(0, certain)
      held = held.slice(at === -1 ? certain : at + tag.length)
      if (at === -1) return said
      thinking = !thinking
    }
  }
  // The blank lines that models put between thoughts and answer belong to neither.
  const trimmed = (said: string): string => {
    const text = started ? said : said.trimStart()
    started ||= text !== ''
    return text
  }
  return {
    push(piece) {
      held += piece
      return trimmed(take(false))
    },
    end: () => trimmed(take(true)),
    get reasoning() {
      return thoughts.join('').trim()
    },
  }
}

/** Length of the longest beginning of the tag that ends the text. */
function partialTag(text: string, tag: string): number {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length -= 1) {
    if (text.endsWith(tag.slice(0, length))) return length
  }
  return 0
}

/** A whole text split at once. */
export function splitReasoning(text: string): { readonly text: string; readonly reasoning: string } {
  const splitter = reasoningSplitter()
  const said = splitter.push(text) + splitter.end()
  return { text: said, reasoning: splitter.reasoning }
}

/** Reasoning that the provider sent apart from the text, put where tagged answers have it. */
export function tagReasoning(reasoning: string, text: string): string {
  return reasoning === '' ? text : `${open}\n${reasoning}\n${close}${text}`
}

export const reasoningTags = { open: `${open}\n`, close: `\n${close}` } as const
