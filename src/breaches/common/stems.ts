import { unitOf } from './pattern.ts'

const SHORTEST_STEM = 4

/**
 * What a password comes down to when it is one common word in disguise. A guesser's first rules: capitals, digits and
 * punctuation before or behind, look-alikes for letters, the same twice. A stem is looked up only if it makes up half
 * of the password or more: ten random digits behind a short word are ten random digits. A word among other words is no
 * stem, so a phrase of several words is never found.
 */
export function stemsOf(password: string): readonly string[] {
  const text = password.normalize('NFC').toLowerCase()
  const half = Array.from(text).length / 2
  const stems = trimmed(text)
    .filter((stem) => Array.from(stem).length >= half)
    .flatMap((stem) => [stem, unitOf(Array.from(stem)).join('')])
    .filter((stem) => Array.from(stem).length >= SHORTEST_STEM)
  return [...new Set(stems.flatMap((stem) => [stem, ...withLetters(stem)]))]
}

const LETTER = /\p{L}/u
const LETTER_OR_NUMBER = /[\p{L}\p{N}]/u

function trimmed(text: string): string[] {
  const characters = Array.from(text)
  const unpunctuated = upToLast(characters, (character) => LETTER_OR_NUMBER.test(character))
  const word = upToLast(characters, (character) => LETTER.test(character))
  const bare = word.slice(word.findIndex((character) => LETTER.test(character)))
  return [text, ...[unpunctuated, word, bare].map((part) => part.join(''))]
}

/**
 * Looked at from the end, each character once. An expression for what stands at the end begins anew at each character that fits,
 * and 4 KB of digits before a letter would hold up everybody for a tenth of a second.
 */
export const upToLast = (characters: readonly string[], isKept: (character: string) => boolean): readonly string[] =>
  characters.slice(0, characters.findLastIndex(isKept) + 1)

const lookAlikes = { '@': 'a', '4': 'a', '8': 'b', '3': 'e', '0': 'o', $: 's', '5': 's', '7': 't', '+': 't' } as const
/** These stand for either. */
const EITHER = /[1!|]/g

const isLookAlike = (character: string): character is keyof typeof lookAlikes => character in lookAlikes

function withLetters(stem: string): string[] {
  const read = stem.replace(/./gu, (character) => (isLookAlike(character) ? lookAlikes[character] : character))
  return [read.replace(EITHER, 'i'), read.replace(EITHER, 'l')]
}
