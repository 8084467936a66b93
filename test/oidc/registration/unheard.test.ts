import { describe, expect, it } from 'vitest'
import { arranging, askToken, type House } from '../support.ts'
import {
  application,
  ask,
  type Entry,
  entryIn,
  initialToken,
  openRegistration,
  register,
  registered,
  tokensOf,
} from './support.ts'

const change = (own: Entry, name: string, more: object = {}) => ({
  method: 'PUT',
  token: own.token,
  body: { ...application, client_id: own.id, client_name: name, ...more },
})
const look = (own: Entry, token = own.token) => ask(own.at, { method: 'GET', token })
const keys = { keys: [{ kty: 'OKP', crv: 'Ed25519', kid: 'k', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }] }

describe('an answer that its application never heard', () => {
  it('is given again to the same request, with the same token, and nothing is changed twice', async () => {
    const house = await openRegistration()
    const own = await registered(house)
    const lost = entryIn(await ask(own.at, change(own, 'Renamed')))
    const again = await ask(own.at, change(own, 'Renamed'))
    expect(again.status).toBe(200)
    expect(entryIn(again)).toEqual(lost)
    expect((await look(own, entryIn(again).token)).body['client_name']).toBe('Renamed')
    expect(await house.events('client.updated')).toHaveLength(1)
  })

  it('is given to no other request of the former token, and to none once the token of the answer was used', async () => {
    const house = await openRegistration()
    const own = await registered(house)
    const next = entryIn(await ask(own.at, change(own, 'Renamed')))
    expect((await look(own)).status).toBe(401)
    expect((await ask(own.at, change(own, 'Another'))).status).toBe(401)
    expect((await ask(own.at, { method: 'DELETE', token: own.token })).status).toBe(401)
    expect((await look(next)).status).toBe(200)
    expect((await ask(own.at, change(own, 'Renamed'))).status).toBe(401)
  })

  it('is not given where the operator has shut the application, or made it theirs', async () => {
    const house = await openRegistration()
    for (const change_ of [
      (id: string) => house.clients.disable(arranging, id),
      (id: string) => house.clients.update(arranging, id, { firstParty: true }),
    ]) {
      const own = await registered(house)
      await ask(own.at, change(own, 'Renamed'))
      expect((await change_(own.id)).ok).toBe(true)
      expect((await ask(own.at, change(own, 'Renamed'))).status).toBe(401)
    }
  })

  it('brings a secret that works in the place of one that nobody has', async () => {
    const house = await openRegistration()
    const program = { client_name: 'Robot', grant_types: ['client_credentials'], redirect_uris: [] }
    const byKey = { ...program, token_endpoint_auth_method: 'private_key_jwt', jwks: keys }
    const own = await registered(house, byKey, { allowsPrograms: true })
    expect((await house.clients.update(arranging, own.id, { authMethod: 'client_secret_basic' })).ok).toBe(true)
    const wanted = { ...program, token_endpoint_auth_method: 'client_secret_basic' }
    const send = () => ask(own.at, { method: 'PUT', token: own.token, body: { ...wanted, client_id: own.id } })
    const [lost, again] = [await send(), await send()]
    expect([lost.status, again.status]).toEqual([200, 200])
    const token = ({ body }: typeof lost) =>
      askToken(house, { id: own.id, secret: String(body['client_secret']) }, { grant_type: 'client_credentials' })
    expect((await token(again)).status).toBe(200)
    expect((await token(lost)).status).toBe(401)
    expect((await house.clients.find(own.id))?.secrets).toHaveLength(1)
  })
})

describe('what fails in the middle', () => {
  /** As a server that dies there: nothing of the transaction is kept. */
  const failingAt = async (house: House, table: string) => {
    const admin = await house.database.superuser()
    await admin.query(`CREATE FUNCTION test_fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'died'; END $$`)
    await admin.query(`CREATE TRIGGER test_fail BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION test_fail()`)
    return () => admin.query(`DROP TRIGGER test_fail ON ${table}`)
  }

  it('of a registration uses nothing up', async () => {
    const house = await openRegistration()
    const { token } = await initialToken(house)
    const mend = await failingAt(house, 'oidc_client_secrets')
    expect((await register(house, token)).status).toBe(500)
    await mend()
    expect((await register(house, token)).status).toBe(201)
    expect(await house.events('registration_token.used')).toHaveLength(1)
  })

  it('of a change leaves the entry and its token as they were', async () => {
    const house = await openRegistration()
    const own = await registered(house)
    const mend = await failingAt(house, 'oidc_unheard_changes')
    expect((await ask(own.at, change(own, 'Renamed'))).status).toBe(500)
    await mend()
    expect((await look(own)).body['client_name']).toBe(application.client_name)
  })
})

describe('a registration token that an operator renews', () => {
  it('is the one by which the entry is changed from then on', async () => {
    const house = await openRegistration()
    const own = await registered(house)
    const lost = entryIn(await ask(own.at, change(own, 'Renamed')))
    const renewed = await tokensOf(house).renewOf(arranging, own.id)
    if (!renewed.ok) throw new Error(renewed.error)
    expect((await look(own, renewed.value.reveal())).status).toBe(200)
    expect((await look(lost)).status).toBe(401)
    expect((await ask(own.at, change(own, 'Renamed'))).status).toBe(401)
    expect(await house.events('client.registration_token_renewed')).toHaveLength(1)
  })

  it('is given for none that has no entry of its own', async () => {
    const house = await openRegistration()
    const [made, own] = [await house.addClient(), await registered(house)]
    await house.clients.update(arranging, own.id, { firstParty: true })
    for (const id of [made.id, own.id])
      expect(await tokensOf(house).renewOf(arranging, id)).toEqual({ ok: false, error: 'not-registered-itself' })
    expect(await tokensOf(house).renewOf(arranging, 'cl_none')).toEqual({ ok: false, error: 'not-found' })
  })
})
