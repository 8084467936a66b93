/** RFC 4647 §3.4: `de-Latn-AT` is answered by `de-Latn`, else by `de`. The wishes are in order of preference. */
export function lookUp(wishes: readonly string[], spoken: readonly string[]): string | undefined {
  for (const wish of wishes.slice(0, MOST_WISHES)) {
    for (const range of shortened(wish)) {
      const found = spoken.find((tag) => tag.toLowerCase() === range)
      if (found !== undefined) return found
    }
  }
  return undefined
}

/** A header has room for thousands. */
const MOST_WISHES = 16
const MOST_SUBTAGS = 5

function shortened(wish: string): string[] {
  const subtags = wish.toLowerCase().split('-', MOST_SUBTAGS)
  return subtags.map((_, cut) => subtags.slice(0, subtags.length - cut).join('-'))
}
