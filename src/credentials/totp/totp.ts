import { defineId, type Id } from '../../lib/ids.ts'
import { unfitForLine } from '../../lib/one-line.ts'

export const totpId = defineId('otp')
export type TotpId = Id<'otp'>

/** An app that makes codes by time. Its secret is known to it and to nobody else. */
export interface Totp {
  readonly id: TotpId
  readonly name: string
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
}

const LONGEST_NAME = 100

/** What its owner calls it, on one line; undefined for what is no name. */
export function nameOf(typed: string): string | undefined {
  const name = typed.normalize('NFC').trim()
  return name === '' || Array.from(name).length > LONGEST_NAME || unfitForLine.test(name) ? undefined : name
}
