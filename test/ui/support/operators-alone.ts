import { catalogue } from '../../../src/errors/catalogue.ts'

/** What stops a start or a command is read in a terminal, in English; no page ever shows it. */
const inTerminals = [
  'usage-error',
  'database-unreachable',
  'key-not-found',
  'key-too-young',
  'mail-not-found',
  'mail-erased',
  'mail-configured',
  'mail-not-configured',
  'mail-undeliverable',
]

export const operatorsAlone: ReadonlySet<string> = new Set([
  ...inTerminals,
  ...Object.entries(catalogue)
    .filter(([code, { status }]) => status === 500 && code !== 'internal-error')
    .map(([code]) => code),
])
