import { everyday } from './strength-words.ts'

/** Runs in the browser, too: no dependency, and as much work as there are characters. */
export const levels = ['short', 'weak', 'fair', 'strong'] as const
export type Strength = (typeof levels)[number]

export interface Surroundings {
  /** Characters of the shortest password that is taken. */
  readonly minimum: number
  /** What an attacker knows: the address, the name, what this service is called. */
  readonly words: readonly string[]
}

/** Further characters change no verdict. */
const LOOKED_AT = 128
const BITS = { fair: 28, strong: 43 }

/** What a guesser pays, in bits, for each kind of piece. Letters are cheap: most of them are part of a word. */
const COST = { own: 3, word: 9, run: 5, again: 1.5, space: 2, letter: 3, digit: 3.4, other: 6 }

const rows = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'qwertzuiop',
  'asdfghjkl',
  'zxcvbnm',
  'yxcvbnm',
]
const runs = rows.flatMap((row) => [row, [...row].reverse().join('')])

const disguises: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
}
const plain = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
const undisguised = (text: string): string => [...text].map((character) => disguises[character] ?? character).join('')

/**
 * A hint and no judgement: what is refused is decided by length, names and the list of known passwords. It counts what a
 * guesser would try first (words that everybody uses, the person's own, rows of keys, repetitions) as one piece each.
 */
export function strengthOf(password: string, { minimum, words }: Surroundings): Strength {
  const characters = [...password.slice(0, 4 * LOOKED_AT).normalize('NFC')]
  if (characters.length < minimum) return 'short'
  const bits = bitsOf(plain(characters.slice(0, LOOKED_AT).join('')), ownWords(words))
  return bits < BITS.fair ? 'weak' : bits < BITS.strong ? 'fair' : 'strong'
}

/** Of a field that was sent empty there is nothing to say. */
export const strengthIn = (password: string, surroundings: Surroundings): Strength | undefined =>
  password === '' ? undefined : strengthOf(password, surroundings)

const ownWords = (words: readonly string[]): string[] =>
  words.flatMap((word) => plain(word).split(/[^\p{L}\p{N}]+/u)).filter((word) => word.length > 2)

function bitsOf(text: string, own: readonly string[]): number {
  const bare = undisguised(text)
  let bits = 0
  let at = 0
  while (at < text.length) {
    const piece = pieceAt(text, bare, at, own)
    bits += piece.bits
    at += piece.length
  }
  return bits
}

interface Piece {
  readonly length: number
  readonly bits: number
}

/** The longest that is known to a guesser; of those, the cheapest. */
function pieceAt(text: string, bare: string, at: number, own: readonly string[]): Piece {
  const longest = (words: readonly string[]) =>
    words.reduce(
      (most, it) => (it.length > most && (text.startsWith(it, at) || bare.startsWith(it, at)) ? it.length : most),
      0,
    )
  const pieces: readonly (Piece & { readonly least: number })[] = [
    { length: repetition(text, at), bits: COST.again, least: 2 },
    { length: runLength(text, at), bits: COST.run, least: 3 },
    { length: longest(own), bits: COST.own, least: 3 },
    { length: longest(everyday), bits: COST.word, least: 3 },
  ]
  const nothing: Piece = { length: 1, bits: single(text.charAt(at)) }
  return pieces.reduce<Piece>((best, it) => (it.length >= it.least && it.length > best.length ? it : best), nothing)
}

/** How much of what follows is a repetition of what stands right before it. */
function repetition(text: string, at: number): number {
  let most = 0
  for (let period = 1; period <= Math.min(at, 16); period += 1) {
    let length = 0
    while (at + length < text.length && text[at + length] === text[at + length - period]) length += 1
    if (length >= Math.min(period, 4)) most = Math.max(most, length)
  }
  return most
}

/** Neighbours on the keyboard or in the alphabet, in either direction; years go on like this often enough. */
function runLength(text: string, at: number): number {
  let most = 0
  for (const row of runs) {
    const start = row.indexOf(text.charAt(at))
    if (start < 0) continue
    let length = 1
    while (start + length < row.length && at + length < text.length && row[start + length] === text[at + length])
      length += 1
    most = Math.max(most, length)
  }
  const year = /^(?:19|20)[0-9]{2}/.test(text.slice(at, at + 4)) ? 4 : 0
  return Math.max(most, year)
}

const single = (character: string): number =>
  /\s/u.test(character)
    ? COST.space
    : /\p{L}/u.test(character)
      ? COST.letter
      : /[0-9]/.test(character)
        ? COST.digit
        : COST.other
