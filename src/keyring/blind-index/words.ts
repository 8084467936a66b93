export const SHORTEST_PREFIX = 2
export const LONGEST_PREFIX = 12
/** Names, e-mail addresses and company names have fewer; a pasted novel must not become a million index entries. */
const MOST_WORDS = 16

/** Full-width, composed and upper-case spellings are one. Lower-casing can decompose (`İ`), so the form is made twice. */
const normalise = (text: string): string => text.normalize('NFKC').toLowerCase().normalize('NFKC')

/** Letters, marks and digits make words; everything else parts them, the dots and the @ of an address too. */
export const wordsOf = (text: string): string[] =>
  [...new Set(normalise(text).match(/[\p{L}\p{M}\p{N}]+/gu) ?? [])].slice(0, MOST_WORDS)

/** By code point, so that no prefix ends inside a character. A word of one letter (`李`) is its own prefix. */
export function prefixesOf(word: string): string[] {
  const letters = Array.from(word)
  const shortest = Math.min(SHORTEST_PREFIX, letters.length)
  const longest = Math.min(LONGEST_PREFIX, letters.length)
  return Array.from({ length: longest - shortest + 1 }, (_, extra) => letters.slice(0, shortest + extra).join(''))
}

export const longestPrefixOf = (word: string): string => Array.from(word).slice(0, LONGEST_PREFIX).join('')

/**
 * Whether every word of the query begins a word of the text. The index answers candidates (its entries are short, and
 * long words are cut); this is the last word, once the candidate has been opened.
 */
export function matchesWords(text: string, query: string): boolean {
  const words = wordsOf(text)
  return wordsOf(query).every((wanted) =>
    words.some((word) => (Array.from(wanted).length < SHORTEST_PREFIX ? word === wanted : word.startsWith(wanted))),
  )
}
