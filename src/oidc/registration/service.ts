import type { ActorContext } from '../../audit/actor.ts'
import type { EventWriter } from '../../audit/writer.ts'
import { inTransaction } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { RequestOrigin } from '../../http/exchange.ts'
import type { Clock } from '../../lib/clock.ts'
import { equalBytes } from '../../lib/hash.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { type Client, generatedClientId, keepsSecrets } from '../clients/client.ts'
import { type ClientFault, wordsOf } from '../clients/faults.ts'
import { redirectUriCure } from '../clients/redirect-uri.ts'
import type { CreateClientFault, UpdateClientFault } from '../clients/registration.ts'
import { counting } from '../clients/secrets.ts'
import type { Clients } from '../clients/service.ts'
import { type MetadataRefusal, type OwnFields, wantedIn } from './metadata.ts'
import { takenBack, withWhatStays } from './owned.ts'
import { findStanding, giveUseBack, takeUse } from './store.ts'
import type { RegistrationSecrets } from './token.ts'

export interface Registered {
  readonly client: Client
  /** By which it looks after its own entry from now on; what went before it is worth nothing. */
  readonly registrationToken: string
  /** Where one was made, this once. */
  readonly secret?: string | undefined
}

/** `not-allowed`: no token, or one that does not count. Nobody finds out which, nor whether there is such a client. */
export type RegistrationFault = 'not-allowed' | MetadataRefusal

export interface SelfRegistration {
  register(from: RequestOrigin, token: string, body: unknown): Promise<Result<Registered, RegistrationFault>>
  read(token: string, clientId: string): Promise<Result<Client, 'not-allowed'>>
  update(
    from: RequestOrigin,
    token: string,
    clientId: string,
    body: unknown,
  ): Promise<Result<Registered, RegistrationFault>>
  remove(from: RequestOrigin, token: string, clientId: string): Promise<Result<void, 'not-allowed'>>
}

interface RegistrationDeps {
  readonly db: Db
  readonly events: EventWriter
  readonly clients: Clients
  readonly secrets: RegistrationSecrets
  readonly clock: Clock
}

/**
 * RFC 7591 and 7592 over the same clients that a command makes. What registers itself is somebody else's: people are asked
 * before it learns anything of them, and an operator gives it APIs, or does not.
 */
export function selfRegistration({ db, events, clients, secrets, clock }: RegistrationDeps): SelfRegistration {
  const isOwn = (token: string, { registrationHash, disabledAt }: Client): boolean => {
    const hash = secrets.hashOf(token)
    const isTheirs = hash !== undefined && registrationHash !== null && equalBytes(registrationHash, hash)
    // What an operator has shut, nobody changes from outside.
    return isTheirs && disabledAt === null
  }
  const owned = async (token: string, clientId: string): Promise<Client | undefined> => {
    const client = await clients.find(clientId)
    return client && isOwn(token, client) ? client : undefined
  }

  return {
    register: async (from, presented, body) => {
      const hash = secrets.hashOf(presented)
      const token = hash && (await findStanding(db, hash, clock.now()))
      if (!hash || !token) return fail('not-allowed')
      const wanted = wantedIn(body, { beProgram: token.allowsPrograms })
      if (!wanted.ok) return wanted
      const by: ActorContext = { actor: { kind: 'anonymous' }, ...from }
      const id = generatedClientId.generate()
      const told = (action: 'registration_token.used' | 'registration_token.returned') => ({
        action,
        target: token.id,
        after: { public: { client: id } },
      })
      // First: of many who come with one use, one goes on.
      const isTaken = await inTransaction(db, async (tx) => {
        if (!(await takeUse(tx, hash, clock.now()))) return false
        await events.recordEvent(tx, by, told('registration_token.used'))
        return true
      })
      if (!isTaken) return fail('not-allowed')
      const own = secrets.generate('registration')
      const giveBack = () =>
        inTransaction(db, async (tx) => {
          await giveUseBack(tx, hash)
          await events.recordEvent(tx, by, told('registration_token.returned'))
        })
      const { type, fields } = wanted.value
      const made = await clients
        .create(by, { ...fields, id, type, firstParty: false, registrationHash: own.hash })
        .catch(async (error: unknown) => {
          await giveBack()
          throw error
        })
      if (!made.ok) {
        await giveBack()
        return fail(refusalFor(made.error))
      }
      const { client, secret } = made.value
      return ok({ client, registrationToken: own.token.reveal(), secret: secret?.reveal() })
    },

    read: async (token, clientId) => {
      const client = await owned(token, clientId)
      return client ? ok(client) : fail('not-allowed')
    },

    update: async (from, token, clientId, body) => {
      // Without a lock for whoever only guesses.
      if (!(await owned(token, clientId))) return fail('not-allowed')
      const own = secrets.generate('registration')
      const by: ActorContext = { actor: { kind: 'client', id: clientId }, ...from }
      const done = await clients.revise<RegistrationFault>(by, clientId, (before) => {
        // Again: of two who come with one token at once, one goes on, and an operator may have shut it meanwhile.
        if (!isOwn(token, before)) return fail('not-allowed')
        const fields = changeIn(body, before)
        return fields.ok ? ok({ ...fields.value, registrationHash: own.hash }) : fields
      })
      if (!done.ok) return fail(faultOf(done.error))
      const client = done.value
      // It proves itself by a secret from now on, and has none.
      const made =
        keepsSecrets(client) && counting(client, clock.now()).length === 0
          ? await clients.addSecret(by, clientId)
          : undefined
      const secret = made?.ok ? made.value.secret.reveal() : undefined
      return ok({ client, registrationToken: own.token.reveal(), secret })
    },

    remove: async (from, token, clientId) => {
      const client = await owned(token, clientId)
      if (!client) return fail('not-allowed')
      const removed = await clients.remove({ actor: { kind: 'client', id: clientId }, ...from }, clientId)
      return removed.ok ? ok(undefined) : fail('not-allowed')
    },
  }
}

const invalid = (error_description: string): MetadataRefusal => ({
  error: 'invalid_client_metadata',
  error_description,
})

function changeIn(body: unknown, before: Client): Result<OwnFields, MetadataRefusal> {
  if (typeof body !== 'object' || body === null) return fail(invalid('the body is no JSON object'))
  const misplaced = misplacedIn(body, before)
  if (misplaced) return fail(misplaced)
  const beProgram = before.grantTypes.includes('client_credentials')
  const wanted = wantedIn(withWhatStays(body, before), { beProgram })
  if (!wanted.ok) return wanted
  const { type, fields } = wanted.value
  if (type !== before.type)
    return fail(invalid(`it stays of the kind that it was registered as (${before.type}): register another one`))
  const refused = takenBack(before, fields)
  return refused ? fail(refused) : ok(fields)
}

function faultOf(fault: RegistrationFault | UpdateClientFault): RegistrationFault {
  if (fault === 'not-allowed' || 'error' in fault) return fault
  return fault.reason === 'not-found' ? 'not-allowed' : refusalFor(fault)
}

const isFault = (fault: CreateClientFault | UpdateClientFault): fault is ClientFault =>
  !['not-found', 'no-such-api', 'redirect-uri'].includes(fault.reason)

function refusalFor(fault: CreateClientFault | UpdateClientFault): MetadataRefusal {
  if (fault.reason === 'redirect-uri')
    return { error: 'invalid_redirect_uri', error_description: `${fault.uri}: ${redirectUriCure[fault.fault]}` }
  const { detail } = isFault(fault) ? wordsOf(fault) : { detail: 'it cannot be registered like this' }
  return fault.reason === 'no-redirect-uri'
    ? { error: 'invalid_redirect_uri', error_description: detail }
    : invalid(detail)
}

/** RFC 7592 §2.2: what we gave it, it does not give itself. */
const ours = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
] as const

function misplacedIn(body: object, { id }: Client): MetadataRefusal | undefined {
  if (!('client_id' in body) || body.client_id !== id) return invalid('client_id must be the one that is changed')
  const wrong = ours.find((name) => name in body)
  return wrong && invalid(`${wrong} is not for the client to say`)
}
