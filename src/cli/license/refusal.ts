import { AppError } from '../../errors/app-error.ts'
import type { RowProblem } from '../../licenses/issuing/batch.ts'
import type { OrderProblem } from '../../licenses/issuing/order.ts'
import type { PrivateKeyFault } from '../../licenses/issuing/private-key.ts'
import type { PinnedKeys } from '../../licenses/vendor-keys.ts'

const MOST_SAID = 50

const listed = (lines: readonly string[]): string =>
  [...lines.slice(0, MOST_SAID), ...(lines.length > MOST_SAID ? [`… and ${lines.length - MOST_SAID} more`] : [])].join(
    '\n',
  )

export const orderRefused = (problems: readonly OrderProblem[]): AppError =>
  new AppError('license-order-invalid', { detail: listed(problems.map(({ field, reason }) => `${field}: ${reason}`)) })

export const rowsRefused = (problems: readonly RowProblem[]): AppError =>
  new AppError('license-order-invalid', {
    detail: listed(problems.map(({ line, reason }) => `line ${line}: ${reason}`)),
  })

const faults = {
  'not-a-key': 'holds no key in PEM, or a damaged one.',
  'private-key': 'holds a private key, where public ones alone belong.',
  'key-unfit': 'holds a key of another kind: RSA of at least 2048 bits and Ed25519 are taken.',
  'not-encrypted': 'is not encrypted: whoever copies the file could issue licences.',
  'passphrase-wrong': 'does not open with this passphrase.',
  unreadable: 'cannot be read.',
} as const satisfies Record<PrivateKeyFault | 'unreadable', string>

export const keyRefused = (path: string, fault: keyof typeof faults): AppError =>
  new AppError('license-key-unusable', { detail: `${path} ${faults[fault]}` })

export const keyProblems = ({ problems }: Pick<PinnedKeys, 'problems'>): string[] =>
  problems.map(({ file, fault }) => `${file} ${faults[fault]}`)

/** For a command that was given these keys by name. */
export function withoutProblems(pinned: PinnedKeys, path: string): PinnedKeys {
  const [problem] = pinned.problems
  if (problem) throw keyRefused(problem.file, problem.fault)
  if (pinned.keys.size === 0)
    throw new AppError('license-key-unusable', { detail: `${path} holds no key: a .pem or .json file was expected.` })
  return pinned
}
