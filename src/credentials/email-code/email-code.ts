import { createHmac, randomInt } from 'node:crypto'
import { defineId } from '../../lib/ids.ts'
import { Secret } from '../../lib/secret.ts'
import { typedDigits } from '../../lib/typed-digits.ts'
import type { UserId } from '../../users/user.ts'

/** `mailbox`: to show that it is theirs, before anything is enrolled. Neither counts as the other. */
export const purposes = ['second-factor', 'mailbox'] as const
export type EmailCodePurpose = (typeof purposes)[number]

export const CODE_LASTS_MS = 10 * 60_000
const DIGITS = 6

export const newCode = (): Secret<string> => new Secret(String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0'))

export const typedCode = (typed: string): string | undefined => typedDigits(typed, DIGITS)

const userId = defineId('usr')

export interface Asked {
  readonly holder: Buffer
  readonly purpose: EmailCodePurpose
}

/**
 * A million digits are hashed in a second: without the key of this instance a dump of the table says nothing. Of the one
 * who asked and of the one whose mailbox it is, so that no row answers for another.
 */
export const hashUnder =
  (key: Secret<Buffer>) =>
  ({ holder, purpose }: Asked, user: UserId, code: string): Buffer =>
    createHmac('sha256', key.reveal())
      .update(holder)
      .update(`${purpose}:${userId.toUuid(user)}:${code}`)
      .digest()
