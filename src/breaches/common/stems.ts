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

const TRAILING_PUNCTUATION = /[^\p{L}\p{N}]+$/u
const BEHIND_LETTERS = /\P{L}+$/u
const BEFORE_LETTERS = /^\P{L}+/u

function trimmed(text: string): string[] {
  const word = text.replace(BEHIND_LETTERS, '')
  return [text, text.replace(TRAILING_PUNCTUATION, ''), word, word.replace(BEFORE_LETTERS, '')]
}

const lookAlikes = { '@': 'a', '4': 'a', '8': 'b', '3': 'e', '0': 'o', $: 's', '5': 's', '7': 't', '+': 't' } as const
/** These stand for either. */
const EITHER = /[1!|]/g

const isLookAlike = (character: string): character is keyof typeof lookAlikes => character in lookAlikes

function withLetters(stem: string): string[] {
  const read = stem.replace(/./gu, (character) => (isLookAlike(character) ? lookAlikes[character] : character))
  return [read.replace(EITHER, 'i'), read.replace(EITHER, 'l')]
}
