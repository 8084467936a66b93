import type { Tx } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { UserId } from '../../users/user.ts'
import { type ClientData, clientDataIn, type EnrolmentAnswer, readEnrolment } from './answer.ts'
import type { Challenges } from './challenge.ts'
import { judgeEnrolment, type NewCredential } from './judge.ts'
import { modelOf } from './models.ts'
import { shownAs } from './open.ts'
import { MOST_PASSKEYS, type Passkey, type PasskeyRefusal, parsePasskeyName, passkeyId } from './passkey.ts'
import type { RecordPasskeyEvent, SealsOfPersons } from './ports.ts'
import type { RelyingParty } from './relying-party.ts'
import { insertPasskey, listPasskeys, placeOfName } from './store.ts'

interface EnrolmentDone {
  readonly holder: Buffer
  readonly user: UserId
  readonly response: unknown
  /** Without one, or with an empty one, it is called as its model is. */
  readonly name?: string | undefined
}

export type AddPasskey<By> = (tx: Tx, by: By, done: EnrolmentDone) => Promise<Result<Passkey, PasskeyRefusal>>

interface AddDeps<By> {
  readonly party: RelyingParty
  readonly challenges: Challenges
  readonly persons: SealsOfPersons
  readonly clock: Clock
  readonly log: Log
  readonly record: RecordPasskeyEvent<By>
}

export function adding<By>({ party, challenges, persons, clock, log, record }: AddDeps<By>): AddPasskey<By> {
  async function judged(client: ClientData, answer: EnrolmentAnswer): Promise<NewCredential | undefined> {
    try {
      return await judgeEnrolment({ party, client, answer })
    } catch (err) {
      log.info({ err }, 'a new passkey was refused')
      return undefined
    }
  }

  return async (tx, by, { holder, user, response, name: typed = '' }) => {
    const answer = readEnrolment(response)
    const client = answer && clientDataIn(answer)
    if (!answer || !client) return fail({ kind: 'malformed' })
    if (!(await challenges.take(tx, client.challenge, { purpose: 'enrolment', holder, user })))
      return fail({ kind: 'challenge-gone' })

    const made = await judged(client, answer)
    if (!made) return fail({ kind: 'invalid' })
    const name = typed.trim() === '' ? (modelOf(made.aaguid) ?? 'Passkey') : parsePasskeyName(typed)
    if (name === undefined) return fail({ kind: 'name-invalid' })
    const sealer = await persons.of(tx, user)
    if (!sealer.ok) throw new Error(`no passkey can be added for ${user}: ${sealer.error}`)
    if ((await listPasskeys(tx, user)).length >= MOST_PASSKEYS) return fail({ kind: 'too-many' })

    const id = passkeyId.generate()
    const { transports } = answer.response
    const row = { ...made, id, user, transports, createdAt: clock.now(), lastUsedAt: undefined }
    const sealed = sealer.value.seal(placeOfName(id), name)
    if (!(await insertPasskey(tx, { ...row, name: sealed }))) return fail({ kind: 'already-added' })
    const facts = { passkey: id, aaguid: made.aaguid, synced: made.backedUp, mayBeSynced: made.backupEligible }
    const personal = { personId: user, fields: { name } }
    await record(tx, by, { action: 'passkey.added', target: user, after: { public: facts, personal } })
    return ok(shownAs({ ...row, name: sealed }, name))
  }
}
