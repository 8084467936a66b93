import { expect, it, onTestFinished } from 'vitest'
import { begin } from '../../src/db/pooled-db.ts'
import { Exchange } from '../../src/http/exchange.ts'
import { openSignIns } from '../../src/instance/sign-ins.ts'
import { defineId } from '../../src/lib/ids.ts'
import { createAdapters } from '../../src/oidc/artifacts/adapter.ts'
import { artifactHash } from '../../src/oidc/artifacts/artifact.ts'
import { bindGrant, consumeArtifact, deleteGrant, extendGrant } from '../../src/oidc/artifacts/store.ts'
import { Unit } from '../../src/oidc/unit/unit.ts'
import { within } from '../../src/oidc/unit/units.ts'
import { untilSomebodyWaits } from '../support/waiting.ts'
import { by, invoicing, signIn } from './organisations-support.ts'
import { firstToken, rowsOf, transaction } from './refresh/support.ts'
import { codeFor, type House, openHouse } from './support.ts'

const adaptersOf = ({ services, sessions, companies, clock }: House) =>
  createAdapters({
    sealer: services.keyring.instance,
    sessions,
    organisations: companies.orgs.seats,
    clock,
    expectAccount: async () => undefined,
    expectSignIn: async () => undefined,
  })

// Nobody logs and nobody is answered here.
const unitOf = ({ services }: House) => new Unit(services.database.app, Object.create(Exchange.prototype))

const grantOf = async (house: House, idHash: Buffer): Promise<Buffer> => {
  const { grant_hash } = await house.services.database.owner
    .selectFrom('oidc_artifacts')
    .select('grant_hash')
    .where('id_hash', '=', idHash)
    .executeTakeFirstOrThrow()
  return grant_hash ?? Buffer.alloc(32)
}

/** Longer than any grant is kept by itself, as for offline use. */
const inAYear = ({ clock }: House) => new Date(clock.now().getTime() + 365 * 86_400_000)

it('whoever ends a grant waits for a code of it that is being redeemed, and neither is thrown out', async () => {
  const house = await openHouse()
  await house.addPerson()
  const client = await house.addClient()
  const { code } = await codeFor(house, client, { scope: 'openid offline_access', prompt: 'consent' })
  const grant = await grantOf(house, artifactHash('AuthorizationCode', code))
  const redeeming = unitOf(house)
  onTestFinished(() => redeeming.rollback())
  await within(redeeming, () => adaptersOf(house)('AuthorizationCode').consume(code))
  const ending = transaction(house, (tx) => deleteGrant(tx, grant))
  await untilSomebodyWaits(house.services.database.owner)
  redeeming.writeOne((db) => extendGrant(db, grant, inAYear(house)))
  await redeeming.commit()
  expect(await ending).toMatchObject({ clientId: client.id })
  expect(await rowsOf(house, 'AuthorizationCode')).toEqual([])
})

it('a client that gives a refresh token back waits for a use of it, and neither is thrown out', async () => {
  const house = await openHouse()
  await house.addPerson()
  const token = await firstToken(house, await house.addClient())
  const idHash = artifactHash('RefreshToken', token)
  const grant = await grantOf(house, idHash)
  const refreshing = await begin(house.services.database.app)
  onTestFinished(() => refreshing.rollback())
  await refreshing.tx
    .selectFrom('oidc_artifacts')
    .select('kind')
    .where('id_hash', '=', grant)
    .forNoKeyUpdate()
    .execute()
  const revoking = unitOf(house)
  await within(revoking, () => adaptersOf(house)('RefreshToken').destroy(token))
  revoking.write((tx) => deleteGrant(tx, grant))
  const revoked = revoking.commit()
  await untilSomebodyWaits(house.services.database.owner)
  expect(await consumeArtifact(refreshing.tx, idHash, house.clock.now())).toBe(true)
  await refreshing.commit()
  await revoked
  expect([await rowsOf(house, 'RefreshToken'), await rowsOf(house, 'Grant')]).toEqual([[], []])
})

it('the end of all sign-ins for an organisation waits for a sign-in that is under way, and neither is thrown out', async () => {
  const house = await openHouse()
  const invoices = await invoicing(house)
  const ada = await house.addPerson()
  const acme = await invoices.company([[ada.id, 'viewer']])
  const client = await invoices.client()
  const { refresh } = await signIn(house, client, { organization: acme.slug })
  const grant = await grantOf(house, artifactHash('RefreshToken', refresh))
  const [session] = await house.sessions.listOf(ada.id)
  if (!session) throw new Error('nobody is signed in')
  const signingIn = await begin(house.services.database.app)
  onTestFinished(() => signingIn.rollback())
  expect(await house.sessions.hold(signingIn.tx, session.id)).toBe(true)
  const { signal } = new AbortController()
  const ending = openSignIns({ services: house.services, people: house.people }).ofOrganisation(by, acme.id, { signal })
  await untilSomebodyWaits(house.services.database.owner)
  await bindGrant(signingIn.tx, grant, defineId('ses').toUuid(session.id))
  await extendGrant(signingIn.tx, grant, inAYear(house))
  await signingIn.commit()
  expect(await ending).toEqual({ sessions: 1, grants: 1 })
  expect(await rowsOf(house, 'Grant')).toEqual([])
})
