import { z } from 'zod'
import { type Proof, secondFactors } from './factor.ts'

const at = z.coerce.date()

/** As a sign-in under way and a session keep them. */
const stored = z.array(
  z.discriminatedUnion('factor', [
    z.strictObject({ factor: z.enum(['password', 'totp', 'email-code', 'backup-code']), at }),
    z.strictObject({ factor: z.literal('passkey'), at, verified: z.boolean(), synced: z.boolean() }),
    z.strictObject({ factor: z.literal('trusted-browser'), at, by: z.enum(secondFactors) }),
  ]),
)

export const readProofs = (json: unknown): Proof[] => stored.parse(json)

/** Nothing but what is kept: of whom they are stands beside them. */
export const writeProofs = (proofs: readonly Proof[]): string => JSON.stringify(stored.parse(proofs.map(bare)))

function bare(proof: Proof): Proof {
  switch (proof.factor) {
    case 'passkey':
      return { factor: proof.factor, at: proof.at, verified: proof.verified, synced: proof.synced }
    case 'trusted-browser':
      return { factor: proof.factor, at: proof.at, by: proof.by }
    default:
      return { factor: proof.factor, at: proof.at }
  }
}
