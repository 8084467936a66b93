/** What a password must not be, besides being known: what anybody who knows the person, or this server, tries first. */
export interface Names {
  readonly email: string
  readonly names: readonly string[]
  /** Of this product and of whoever runs it. */
  readonly service: readonly string[]
}

export type NameRefusal = 'is-email' | 'is-name' | 'common'

/** A year, a few exclamation marks. More of it than this is a secret of its own, so it is no decoration. */
const MOST_DECORATION = 8

const plain = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
const lettersOf = (text: string): string => plain(text).replaceAll(/\P{L}/gu, '')
const characterOf = (text: string): string => plain(text).replaceAll(/[^\p{L}\p{N}]/gu, '')

/** Single letters are no names: `a@example.com` forbids nobody a password made of letters. */
const wordsOf = (text: string): string[] =>
  plain(text)
    .split(/\P{L}+/u)
    .filter((word) => Array.from(word).length > 1)

/** Whether words of the list, one behind the other and as often as you like, make the whole text. */
function consistsOf(text: string, words: readonly string[]): boolean {
  const reached = new Set([0])
  for (const from of reached) for (const word of words) if (text.startsWith(word, from)) reached.add(from + word.length)
  return reached.has(text.length)
}

function decoration(text: string): number {
  return Array.from(text.replaceAll(/\s/gu, '')).filter((character) => !/[\p{L}\p{M}]/u.test(character)).length
}

/**
 * The address, the part before its @, the person's names and the names of the service, in any order and however often,
 * whatever the case, the accents and the separators are, and with a few digits or signs anywhere: all of this is the
 * name itself with trivial decoration. One word that is none of these makes it a password.
 */
export function nameRefusal(password: string, { email, names, service }: Names): NameRefusal | undefined {
  const whole = characterOf(password)
  const local = email.slice(0, email.lastIndexOf('@'))
  if (whole !== '' && [email, local].some((part) => characterOf(part) === whole)) return 'is-email'
  const letters = lettersOf(password)
  if (letters === '' || decoration(password) > MOST_DECORATION) return undefined
  const ofAddress = wordsOf(email)
  if (consistsOf(letters, ofAddress)) return 'is-email'
  const ofPerson = [...ofAddress, ...names.flatMap(wordsOf)]
  if (consistsOf(letters, ofPerson)) return 'is-name'
  return consistsOf(letters, [...ofPerson, ...service.flatMap(wordsOf)]) ? 'common' : undefined
}
