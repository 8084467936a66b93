import type { Token } from 'oidc-provider'
import { z } from 'zod'
import type { Client } from '../clients/client.ts'
import type { CameOf } from '../grant-tags.ts'
import type { Known } from '../known.ts'

/** RFC 8693 §4.1: who holds the token in the name of whom it speaks for; inside, who had handed it on before. */
export interface Acting {
  readonly sub: string
  readonly act?: Acting | undefined
}

export const acting: z.ZodType<Acting> = z.object({
  sub: z.string(),
  get act() {
    return acting.optional()
  },
})

/** A call through more services than that is a mistake, or grows until no header holds it. */
export const LONGEST_CHAIN = 4

export const chainOf = ({ sub, act }: Acting): string[] => [sub, ...(act ? chainOf(act) : [])]

interface Handed {
  readonly aud: string
  readonly client_id: string
  readonly act?: Acting | undefined
}

/**
 * Whether a token that was handed on may still be held: it ends when any of those through whose hands it went is shut, the
 * application that the person signed in to among them, and when the operator takes the permission back.
 */
export type MayHold = (claims: Handed, holder: Client, signedInTo: string) => Promise<boolean>

export const mayHold =
  (clients: Known<Client>): MayHold =>
  async ({ aud, client_id, act }, holder, signedInTo) => {
    if (act?.sub !== client_id || !isListed(holder, aud)) return false
    const hands = new Set([signedInTo, ...chainOf(act)])
    const found = await Promise.all([...hands].map((id) => clients.find(id)))
    return found.every((client) => client !== undefined && client.disabledAt === null)
  }

export const isListed = ({ apis }: Pick<Client, 'apis'>, audience: string): boolean =>
  apis.some((api) => api.onBehalf && api.audience === audience)

/** What a request for a token in the name of somebody else is made of. */
export interface OnBehalf {
  readonly act: Acting
  /** What the person has signed in to: the first of all who held it. */
  readonly origin: string
  /** The person's grant, by which the token dies with it. */
  readonly cameOf: CameOf | undefined
  /** Every scope and permission that the token had that was shown. */
  readonly most: ReadonlySet<string>
  /** The token that was shown goes as far as the person agreed, and so does the next. */
  readonly byConsent: boolean
  readonly source: SignInSource
}

/** How the person has signed in. */
export type SignInSource = Pick<Token, 'accountId' | 'sid' | 'authTime' | 'acr' | 'amr'>
