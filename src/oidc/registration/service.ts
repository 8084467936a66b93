import type { ActorContext } from '../../audit/actor.ts'
import type { EventWriter } from '../../audit/writer.ts'
import { attempt } from '../../db/attempt.ts'
import type { Db, Tx } from '../../db/types.ts'
import type { RequestOrigin } from '../../http/exchange.ts'
import type { Clock } from '../../lib/clock.ts'
import { equalBytes, sha256 } from '../../lib/hash.ts'
import type { Id } from '../../lib/ids.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { type Client, generatedClientId, keepsSecrets } from '../clients/client.ts'
import { type ClientFault, wordsOf } from '../clients/faults.ts'
import { redirectUriCure } from '../clients/redirect-uri.ts'
import type { CreateClientFault, UpdateClientFault } from '../clients/registration.ts'
import { counting } from '../clients/secrets.ts'
import type { Clients } from '../clients/service.ts'
import { lockClient } from '../clients/store.ts'
import { type MetadataRefusal, type OwnFields, wantedIn } from './metadata.ts'
import { takenBack, withWhatStays } from './owned.ts'
import { findStanding, takeUse } from './store.ts'
import type { RegistrationSecrets } from './token.ts'
import { findUnheard, forgetUnheard, putUnheard } from './unheard-store.ts'

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

  const changed = async (
    tx: Tx,
    by: ActorContext,
    { id }: Client,
    body: unknown,
    registrationHash: Buffer,
  ): Promise<Result<Client, RegistrationFault>> => {
    const done = await clients.within.revise<RegistrationFault>(tx, by, id, (before) => {
      const fields = changeIn(body, before)
      return fields.ok ? ok({ ...fields.value, registrationHash }) : fields
    })
    return done.ok ? done : fail(faultOf(done.error))
  }

  /** It proves itself by a secret and has none, or none that it ever heard of: `unheard` was made with a change whose answer was lost. */
  const secretFor = async (tx: Tx, by: ActorContext, client: Client, unheard: Id<'csec'> | undefined) => {
    const live = counting(client, clock.now())
    if (!keepsSecrets(client) || live.some(({ id }) => id !== unheard)) return undefined
    for (const { id } of live) await clients.within.removeSecret(tx, by, client.id, id, { evenTheLast: true })
    const made = await clients.within.addSecret(tx, by, client.id)
    return made.ok ? made.value : undefined
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
      const own = secrets.generate('registration')
      const { type, fields } = wanted.value
      // The use and what came of it are one: whatever goes wrong, neither was.
      return attempt<Result<Registered, RegistrationFault>>(db, async (tx) => {
        // First: of many who come with one use, one goes on.
        if (!(await takeUse(tx, hash, clock.now()))) return fail('not-allowed')
        await events.recordEvent(tx, by, {
          action: 'registration_token.used',
          target: token.id,
          after: { public: { client: id } },
        })
        const input = { ...fields, id, type, firstParty: false, registrationHash: own.hash }
        const made = await clients.within.create(tx, by, input)
        if (!made.ok) return fail(refusalFor(made.error))
        const { client, secret } = made.value
        return ok({ client, registrationToken: own.token.reveal(), secret: secret?.reveal() })
      })
    },

    read: async (token, clientId) => {
      const client = await owned(token, clientId)
      if (!client) return fail('not-allowed')
      await forgetUnheard(db, clientId)
      return ok(client)
    },

    update: async (from, token, clientId, body) => {
      const requestHash = sha256(`${token} ${JSON.stringify(body)}`)
      const isSame = async (at: Db) => equal((await findUnheard(at, clientId))?.requestHash, requestHash)
      // Without a lock for whoever only guesses.
      if (!(await owned(token, clientId)) && !(await isSame(db))) return fail('not-allowed')
      const own = secrets.successorOf(token)
      const by: ActorContext = { actor: { kind: 'client', id: clientId }, ...from }
      return attempt<Result<Registered, RegistrationFault>>(db, async (tx) => {
        // Again: of two who come with one token at once, one goes on, and an operator may have shut it meanwhile.
        const before = await lockClient(tx, clientId)
        if (!before) return fail('not-allowed')
        const isRepeated = !isOwn(token, before) && isOwn(own.token.reveal(), before) && (await isSame(tx))
        if (!isRepeated && !isOwn(token, before)) return fail('not-allowed')
        const done = isRepeated ? ok(before) : await changed(tx, by, before, body, own.hash)
        if (!done.ok) return done
        const unheard = isRepeated ? (await findUnheard(tx, clientId))?.secret : undefined
        const secret = await secretFor(tx, by, done.value, unheard)
        await putUnheard(tx, clientId, { requestHash, secret: secret?.id })
        return ok({ client: done.value, registrationToken: own.token.reveal(), secret: secret?.secret.reveal() })
      })
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

const equal = (one: Buffer | undefined, other: Buffer): boolean => one !== undefined && equalBytes(one, other)

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
