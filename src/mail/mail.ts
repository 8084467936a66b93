import { defineId, type Id } from '../lib/ids.ts'

export const mailId = defineId('mal')
export type MailId = Id<'mal'>

export const mailStates = ['queued', 'sent', 'failed', 'expired', 'discarded'] as const
export type MailState = (typeof mailStates)[number]

/** Enough to know an address again, too little to learn one: `a…@example.com`. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@')
  return `${address.slice(0, 1)}…${address.slice(at)}`
}
