import { distance } from 'fastest-levenshtein'
import { nearest } from './nearest.ts'
import type { Problem } from './problem.ts'

const OWN_PREFIX = 'HEARTHKEY_'
const SHORTEST_NAME_TO_COMPARE = 8
const LONG_NAME = 13

/** Names that people take for ours though no slip of the finger leads to them. */
const aliases: Readonly<Record<string, string>> = {
  DATA_DIRECTORY: 'DATA_DIR',
  DB_URL: 'DATABASE_URL',
  KEYS_DIRECTORY: 'KEYS_DIR',
  MASTERKEY: 'MASTER_KEY',
  TLS_CERTIFICATE: 'TLS_CERT',
  TRUSTED_PROXY: 'TRUSTED_PROXIES',
}

/**
 * An environment is shared with every other program, so an unknown name cannot be refused; but `DATABSE_URL` would
 * start a server on an empty database without a word. What stops is a name so close to one of ours that it was meant for us.
 */
export function misspeltNames(
  env: Readonly<Record<string, string | undefined>>,
  known: ReadonlySet<string>,
): Problem[] {
  const isSet = (name: string) => Boolean(env[name])
  // PORT_FILE stands for PORT; CONFIG_FILE stands for itself.
  const baseOf = (name: string) => (known.has(name.replace(/_FILE$/, '')) ? name.replace(/_FILE$/, '') : name)
  const candidates = [...known]
    .map((name) => ({ name, base: baseOf(name) }))
    .filter(({ base }) => base.length >= SHORTEST_NAME_TO_COMPARE && !isSet(base) && !isSet(`${base}_FILE`))
  return Object.keys(env)
    .filter((name) => isSet(name) && !known.has(name))
    .flatMap((name) => {
      if (name.startsWith(OWN_PREFIX)) return isServiceLink(name, env[name] ?? '') ? [] : [foreignPrefix(name, known)]
      const alias = aliases[name.replace(/_FILE$/, '')]
      if (alias) return isSet(alias) || isSet(`${alias}_FILE`) ? [] : [nearMiss(name, alias)]
      const meant = candidates.find((candidate) => isNearMiss(name, candidate.name, candidate.base))
      return meant ? [nearMiss(name, meant.name)] : []
    })
}

/**
 * One slip of the finger: a letter more, less or other, or two that changed places. Two slips count only in long names:
 * CONFIG_SITE (autoconf) and LOG_LABEL are two away from ours and belong to somebody else.
 */
function isNearMiss(name: string, known: string, base: string): boolean {
  const far = distance(name, known)
  return far === 1 || (far === 2 && (base.length >= LONG_NAME || hasSameLetters(name, known)))
}

const sorted = (text: string) => [...text].sort().join('')
const hasSameLetters = (a: string, b: string) => sorted(a) === sorted(b)

const nearMiss = (name: string, meant: string): Problem => ({
  where: name,
  reason: `unknown name: did you mean ${meant}? If another program owns ${name}, set ${meant} too and this passes`,
})

function foreignPrefix(name: string, known: ReadonlySet<string>): Problem {
  const meant = nearest(
    name.slice(OWN_PREFIX.length),
    [...known].map((candidate) => ({ name: candidate, spellings: [candidate] })),
  )
  return { where: name, reason: `unknown name: ours carry no prefix${meant ? `, did you mean ${meant}?` : ''}` }
}

/** Kubernetes and old Docker describe every service named "hearthkey…" to its neighbours in variables of this shape. */
const isServiceLink = (name: string, value: string): boolean =>
  /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name) ||
  (name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value))
