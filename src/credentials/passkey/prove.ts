import type { Tx } from '../../db/types.ts'
import { fromBase64url } from '../../lib/base64url.ts'
import type { Clock } from '../../lib/clock.ts'
import { equalBytes } from '../../lib/hash.ts'
import type { Log } from '../../lib/log.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { UserId } from '../../users/user.ts'
import { type ClientData, clientDataIn, type ProofAnswer, readProof } from './answer.ts'
import type { Challenges } from './challenge.ts'
import { judgeProof, type ProofMade } from './judge.ts'
import { type PasskeyId, type PasskeyRefusal, userHandleOf } from './passkey.ts'
import type { RecordPasskeyEvent } from './ports.ts'
import type { RelyingParty } from './relying-party.ts'
import { holdByCredential, type PasskeyRow, setUsed } from './store.ts'

/** Beside a password it is clear who comes; alone, the passkey says so. */
export type ProofAsked = {
  readonly holder: Buffer
  /** As the browser answered: the JSON text of the form's field, or what it says. */
  readonly response: unknown
} & (
  | { readonly purpose: 'sign-in'; readonly user?: undefined }
  | { readonly purpose: 'second-factor'; readonly user: UserId }
)

export interface ProvenPasskey {
  readonly user: UserId
  readonly passkey: PasskeyId
  readonly verified: boolean
  readonly synced: boolean
}

export type ProvePasskey<By> = (tx: Tx, by: By, asked: ProofAsked) => Promise<Result<ProvenPasskey, PasskeyRefusal>>

interface ProveDeps<By> {
  readonly party: RelyingParty
  readonly challenges: Challenges
  readonly clock: Clock
  readonly log: Log
  readonly record: RecordPasskeyEvent<By>
}

export function proving<By>({ party, challenges, clock, log, record }: ProveDeps<By>): ProvePasskey<By> {
  async function judged(row: PasskeyRow, client: ClientData, answer: ProofAnswer): Promise<ProofMade | undefined> {
    try {
      return await judgeProof({ party, client, answer }, row)
    } catch (err) {
      log.info({ err, passkey: row.id }, 'a passkey was refused')
      return undefined
    }
  }

  return async (tx, by, { holder, purpose, user, response }) => {
    const answer = readProof(response)
    const client = answer && clientDataIn(answer)
    if (!answer || !client) return fail({ kind: 'malformed' })
    if (!(await challenges.take(tx, client.challenge, { purpose, holder, user })))
      return fail({ kind: 'challenge-gone' })

    const credentialId = answer.id
    const row = await holdByCredential(tx, Buffer.from(credentialId, 'base64url'))
    if (!row) return fail({ kind: 'unknown-passkey', credentialId })
    if (user !== undefined && row.user !== user) return fail({ kind: 'someone-elses' })
    if (!isOwnHandle(answer, row, purpose)) return fail({ kind: 'invalid' })

    const made = await judged(row, client, answer)
    if (!made) return fail({ kind: 'invalid' })
    const owner = row.user
    if (wentBack(row.signCount, made.signCount)) {
      const counted = { passkey: row.id, known: row.signCount, shown: made.signCount }
      await record(tx, by, { action: 'passkey.counter_went_back', target: owner, after: { public: counted } })
      return fail({ kind: 'counter-went-back', owner })
    }
    if (purpose === 'sign-in' && !made.verified) return fail({ kind: 'not-verified', owner })

    await setUsed(tx, row.id, { signCount: made.signCount, backedUp: made.backedUp, at: clock.now() })
    const facts = { passkey: row.id, purpose, verified: made.verified, synced: made.backedUp }
    await record(tx, by, { action: 'passkey.used', target: owner, after: { public: facts } })
    return ok({ user: owner, passkey: row.id, verified: made.verified, synced: made.backedUp })
  }
}

/** §7.2 step 6: where nobody was named, the authenticator names the owner, and must mean the one that we know. */
function isOwnHandle({ response: { userHandle } }: ProofAnswer, { user }: PasskeyRow, purpose: string): boolean {
  const handle = typeof userHandle === 'string' ? fromBase64url(userHandle) : undefined
  return handle ? equalBytes(handle, userHandleOf(user)) : purpose !== 'sign-in'
}

/** §6.1.1: it grows with each use, of authenticators that count; those that sync do not, and say 0 for ever. */
const wentBack = (known: number, shown: number): boolean => (known > 0 || shown > 0) && shown <= known
