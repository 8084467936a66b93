import { diesAt, nextRotationAt, readyAt } from '../../keyring/signing/schedule.ts'
import type { SigningKeyPolicy, SigningKeyRow } from '../../keyring/signing/signing-key.ts'
import type { Output } from '../output.ts'

const DAY = 86_400_000
const UNITS = [
  ['d', DAY],
  ['h', 3_600_000],
  ['min', 60_000],
] as const

/** `12 d`: as exact as somebody who plans needs it. */
function lasting(ms: number): string {
  const [unit, size] = UNITS.find(([, length]) => ms >= length) ?? ['s', 1000]
  return `${Math.floor(ms / size)} ${unit}`
}

const at = (date: Date, now: Date): string => {
  const distance = date.getTime() - now.getTime()
  return `${date.toISOString()} (${distance > 0 ? `in ${lasting(distance)}` : 'now'})`
}

export function describeKeys(rows: readonly SigningKeyRow[], policy: SigningKeyPolicy, now: Date): Output {
  const rotation = nextRotationAt(rows, policy)
  const lines = rows.map((row) =>
    [
      row.state.padEnd(7),
      row.algorithm.padEnd(5),
      lasting(now.getTime() - row.created_at.getTime()).padStart(6),
      ` ${row.kid} `,
      meaning(row, policy, now),
    ].join(' '),
  )
  return {
    text: [
      `${'STATE'.padEnd(7)} ${'ALG'.padEnd(5)} ${'AGE'.padStart(6)}  KID`,
      ...lines,
      ...(rotation ? ['', `The next rotation is due ${at(rotation, now)}.`] : []),
    ].join('\n'),
    json: { keys: rows.map((row) => facts(row, policy)), nextRotationAt: rotation ?? null },
  }
}

function meaning(row: SigningKeyRow, policy: SigningKeyPolicy, now: Date): string {
  switch (row.state) {
    case 'active':
      return `signs since ${row.activated_at?.toISOString() ?? 'its start'}`
    case 'next':
      return `published, may sign from ${at(readyAt(row, policy), now)}`
    case 'retired':
      return `published until ${at(diesAt(row, policy), now)}`
    case 'gone':
      return row.revoked_at ? `revoked ${row.revoked_at.toISOString()}` : `erased ${row.gone_at?.toISOString() ?? ''}`
  }
}

const facts = (row: SigningKeyRow, policy: SigningKeyPolicy) => ({
  kid: row.kid,
  algorithm: row.algorithm,
  state: row.state,
  createdAt: row.created_at,
  activatedAt: row.activated_at,
  retiredAt: row.retired_at,
  revokedAt: row.revoked_at,
  goneAt: row.gone_at,
  ...(row.state === 'next' && { maySignFrom: readyAt(row, policy) }),
  ...(row.state === 'retired' && { publishedUntil: diesAt(row, policy) }),
})
