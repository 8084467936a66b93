import { defineId, type Id } from '../lib/ids.ts'
import { unfitForLine } from '../lib/one-line.ts'

export const serviceAccountId = defineId('sva')
export type ServiceAccountId = Id<'sva'>

/** `removed` stays for the log of events, and is shown to nobody. Only `active` ones get anything. */
export type ServiceAccountStatus = 'active' | 'disabled' | 'removed'

/** A program. It is a member of organisations like a person, and signs in nowhere. */
export interface ServiceAccount {
  readonly id: ServiceAccountId
  /** Where it is looked after. */
  readonly organisation: Id<'org'>
  readonly name: string
  readonly description: string
  readonly status: Exclude<ServiceAccountStatus, 'removed'>
  readonly createdAt: Date
}

export const isName = (text: string): boolean =>
  text.length > 0 && text.length <= 100 && text.trim() === text && !unfitForLine.test(text)
export const isDescription = (text: string): boolean => text.length <= 500 && !unfitForLine.test(text)
