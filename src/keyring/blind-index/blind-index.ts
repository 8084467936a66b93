import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { fail, ok, type Result } from '../../lib/result.ts'
import { longestPrefixOf, prefixesOf, wordsOf } from './words.ts'

/** `users.email`: each has a key of its own, so that equal texts in two columns do not look equal. */
export type Domain = `${string}.${string}`

/** Finds what is sealed without opening it: a keyed hash beside the seal, of what will be asked for. */
export interface BlindIndex {
  /** Of a text that its feature has normalised; the whole digest, fit for a unique index. */
  exact(domain: Domain, text: string): Buffer
  /** For a `bytea[]` column under a GIN index. */
  wordPrefixes(domain: Domain, text: string): Buffer[]
  /** What the stored array must contain (`@>`). Without a word there is no query: an empty one would match every row. */
  wordQuery(domain: Domain, text: string): Result<Buffer[], 'no-words'>
}

/**
 * Four bytes: at ten million persons of twenty entries one false candidate in twenty queries, which `matchesWords` drops after
 * opening. More would buy nothing but room; the exact index keeps all 32, because there a collision would join two persons.
 */
const PREFIX_BYTES = 4

export function blindIndex(indexKey: () => KeyObject): BlindIndex {
  const keys = new Map<string, KeyObject>()

  function digest(kind: 'exact' | 'prefix', domain: Domain, text: string): Buffer {
    const label = `hearthkey blind index v1 ${kind} ${domain}`
    const key = keys.get(label) ?? derive(indexKey(), label)
    keys.set(label, key)
    return createHmac('sha256', key).update(text, 'utf8').digest()
  }
  const entry = (domain: Domain) => (word: string) => digest('prefix', domain, word).subarray(0, PREFIX_BYTES)

  return {
    exact: (domain, text) => digest('exact', domain, text),
    // Sorted, so that the order does not tell which entries are prefixes of one word.
    wordPrefixes: (domain, text) => distinct(wordsOf(text).flatMap(prefixesOf).map(entry(domain))),
    wordQuery: (domain, text) => {
      const words = wordsOf(text)
      return words.length === 0 ? fail('no-words') : ok(distinct(words.map(longestPrefixOf).map(entry(domain))))
    },
  }
}

function derive(root: KeyObject, label: string): KeyObject {
  const bytes = Buffer.from(hkdfSync('sha256', root, '', label, 32))
  const key = createSecretKey(bytes)
  bytes.fill(0)
  return key
}

const distinct = (entries: Buffer[]): Buffer[] =>
  [...new Map(entries.map((bytes) => [bytes.toString('hex'), bytes])).values()].sort(Buffer.compare)
