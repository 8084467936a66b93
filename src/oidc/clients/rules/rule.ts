import { isDeepStrictEqual } from 'node:util'
import type { CertificateUse } from '../../certificates/engine-certificates.ts'
import type { Client } from '../client.ts'
import type { ClientFault } from '../faults.ts'
import type { RedirectUriFault } from '../redirect-uri.ts'

export interface RedirectUriRefusal {
  readonly reason: 'redirect-uri'
  readonly uri: string
  readonly fault: RedirectUriFault
}

export type Refusal = ClientFault | RedirectUriRefusal

export interface Bounds {
  /** Milliseconds. */
  readonly longestTokenLifetime: number
  /** Which certificates of applications get here. */
  readonly certificates: CertificateUse
}

/** `before`: what it was, where it is changed; what is as it was there may be passed over. */
type Judge<C> = (client: C, bounds: Bounds, before: C | undefined) => Refusal | undefined

/** Something that holds for every client, and all of a client that it looks at. */
export interface Rule {
  readonly reads: readonly (keyof Client)[]
  readonly fault: Judge<Client>
}

/** A rule gets to see no more than what it says that it reads: where none of that has changed, its verdict has not either. */
export const rule = <K extends keyof Client>(reads: readonly K[], fault: Judge<Pick<Client, K>>): Rule => ({
  reads,
  fault,
})

export const isTouched = ({ reads }: Rule, before: Client, after: Client): boolean =>
  reads.some((name) => !isDeepStrictEqual(before[name], after[name]))
