import type { ActorContext } from '../../audit/actor.ts'
import type { EventWriter } from '../../audit/writer.ts'
import { attempt } from '../../db/attempt.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { Secret } from '../../lib/secret.ts'
import { lockClient, setRegistrationHash, tellOfClient } from '../clients/store.ts'
import { insertToken, listTokens, revokeToken } from './store.ts'
import { type RegistrationSecrets, type RegistrationToken, registrationTokenId } from './token.ts'
import { forgetUnheard } from './unheard-store.ts'

export interface NewRegistrationToken {
  readonly name: string
  readonly expiresAt: Date | null
  /** Null: as often as they like. */
  readonly uses: number | null
  readonly allowsPrograms: boolean
}

export interface RegistrationTokens {
  create(
    by: ActorContext,
    input: NewRegistrationToken,
  ): Promise<Result<{ readonly token: RegistrationToken; readonly secret: Secret<string> }, 'invalid'>>
  list(limit: number): Promise<readonly RegistrationToken[]>
  revoke(by: ActorContext, id: string): Promise<Result<void, 'not-found'>>
  /** For an application that lost the one by which it looks after its own entry: that one counts no more, wherever it is. */
  renewOf(by: ActorContext, clientId: string): Promise<Result<Secret<string>, 'not-found' | 'not-registered-itself'>>
}

interface TokensDeps {
  readonly db: Db
  readonly events: EventWriter
  readonly secrets: RegistrationSecrets
  readonly clock: Clock
}

const MOST_USES = 1_000_000

/** Which applications may register themselves: those that an operator gave a token to. */
export const registrationTokens = ({ db, events, secrets, clock }: TokensDeps): RegistrationTokens => ({
  create: (by, { name, expiresAt, uses, allowsPrograms }) =>
    attempt(db, async (tx) => {
      const now = clock.now()
      const isName = name.trim() !== '' && name.length <= 100 && !/\p{Cc}/u.test(name)
      const isNumber = uses === null || (Number.isInteger(uses) && uses > 0 && uses <= MOST_USES)
      if (!isName || !isNumber || (expiresAt && expiresAt <= now)) return fail('invalid')
      const { token: secret, hash } = secrets.generate('initial')
      const id = registrationTokenId.generate()
      const rest = { expiresAt, usesLeft: uses, allowsPrograms }
      const token = { id, name: name.trim(), createdAt: now, revokedAt: null, ...rest }
      await insertToken(tx, token, hash)
      const said = { name: token.name, uses, allowsPrograms, expiresAt: expiresAt?.toISOString() ?? null }
      await events.recordEvent(tx, by, { action: 'registration_token.created', target: id, after: { public: said } })
      return ok({ token, secret })
    }),
  list: (limit) => listTokens(db, limit),
  revoke: (by, id) =>
    attempt(db, async (tx) => {
      const isRevoked =
        registrationTokenId.is(id) && (await revokeToken(tx, registrationTokenId.toUuid(id), clock.now()))
      if (!isRevoked) return fail('not-found')
      await events.recordEvent(tx, by, { action: 'registration_token.revoked', target: id })
      return ok(undefined)
    }),
  renewOf: (by, clientId) =>
    attempt(db, async (tx) => {
      const client = await lockClient(tx, clientId)
      if (!client) return fail('not-found')
      if (client.registrationHash === null) return fail('not-registered-itself')
      const { token, hash } = secrets.generate('registration')
      await setRegistrationHash(tx, clientId, hash)
      await forgetUnheard(tx, clientId)
      await tellOfClient(tx, clientId)
      await events.recordEvent(tx, by, { action: 'client.registration_token_renewed', target: clientId })
      return ok(token)
    }),
})
