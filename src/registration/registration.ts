import { z } from 'zod'
import type { PasswordRefusal } from './ports.ts'

export type RegistrationMode = 'closed' | 'domain' | 'open'

/** Public: whoever is refused for their domain is told which ones are taken. */
export interface RegistrationPolicy {
  readonly mode: RegistrationMode
  readonly domains: readonly string[]
}

/** An exact match: whoever may make a subdomain is not always whoever has the domain. */
export const admits = ({ mode, domains }: RegistrationPolicy, domain: string): boolean =>
  mode === 'open' || (mode === 'domain' && domains.includes(domain))

/** What the link carries, sealed: the address that it proves, and how to go on from there. */
export const claimShape = z.object({ email: z.string(), locale: z.string(), back: z.string().optional() })
export type Claim = z.infer<typeof claimShape>

/** What is wrong with each field behind the link. The page has words for all of it. */
export interface ConfirmProblems {
  readonly name?: 'missing' | 'invalid'
  readonly password?: { readonly reason: 'missing' } | PasswordRefusal
}

export const REGISTER_PATH = '/register'
export const CONFIRM_PATH = '/register/confirm'
export const DONE_PATH = '/register/done'
export const withToken = (token: string): `/${string}` => `${CONFIRM_PATH}?token=${encodeURIComponent(token)}`
