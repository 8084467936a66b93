import { describe, expect, it } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { arranging, askToken } from '../support.ts'
import { application, ask, type Entry, entryIn, openRegistration, registered } from './support.ts'

const change = ({ id }: Entry, more: Record<string, unknown> = {}) => ({ client_id: id, ...application, ...more })

describe('an application that looks after its own entry', () => {
  it('reads it, without its secret', async () => {
    const house = await openRegistration()
    const own = await registered(house)
    const { status, body } = await ask(own.at, { method: 'GET', token: own.token })
    expect(status).toBe(200)
    expect(body).toMatchObject({ client_id: own.id, client_name: 'Partner app', registration_access_token: own.token })
    expect(body).not.toHaveProperty('client_secret')
  })

  it('says it anew as a whole, and looks after it by another token from then on', async () => {
    const house = await openRegistration()
    const own = await registered(house, { ...application, client_uri: 'https://partner.example/' })
    const done = await ask(own.at, {
      method: 'PUT',
      token: own.token,
      body: change(own, { client_name: 'Renamed', redirect_uris: ['https://partner.example/new'] }),
    })
    expect(done.status).toBe(200)
    expect(done.body).toMatchObject({ client_name: 'Renamed', redirect_uris: ['https://partner.example/new'] })
    expect(done.body).not.toHaveProperty('client_uri')
    expect(done.body).not.toHaveProperty('client_secret')
    const next = entryIn(done)
    expect(next.token).not.toBe(own.token)
    expect((await ask(own.at, { method: 'GET', token: own.token })).status).toBe(401)
    expect((await ask(own.at, { method: 'GET', token: next.token })).status).toBe(200)
    expect(await house.events('client.updated')).toHaveLength(1)
  })

  it('[threat 24] keeps what the operator decided, whatever it says', async () => {
    const house = await openRegistration()
    await house.addApi({ audience: 'https://invoices.example/api', name: 'Invoices', scopes: ['read'] })
    const own = await registered(house)
    await house.clients.update(arranging, own.id, { mfa: 'required', addApis: ['https://invoices.example/api'] })
    const done = await ask(own.at, {
      method: 'PUT',
      token: own.token,
      body: change(own, { mfa: null, apis: [], first_party: true, firstParty: true, pkce: 'optional' }),
    })
    expect(done.status).toBe(200)
    expect(await house.clients.find(own.id)).toMatchObject({
      mfa: 'required',
      firstParty: false,
      pkce: 'required',
      apis: [{ audience: 'https://invoices.example/api' }],
    })
  })

  it.each([
    ['another id', { client_id: 'cl_other' }, 'invalid_client_metadata'],
    ['the token that we give it', { registration_access_token: 'x' }, 'invalid_client_metadata'],
    ['the address that we give it', { registration_client_uri: 'https://x.example' }, 'invalid_client_metadata'],
    ['its own credentials, which it was not given', { grant_types: ['client_credentials'] }, 'invalid_client_metadata'],
    ['another kind', { token_endpoint_auth_method: 'none' }, 'invalid_client_metadata'],
    ['an address that is none', { redirect_uris: ['http://partner.example'] }, 'invalid_redirect_uri'],
  ])('is refused with %s, and its token goes on counting', async (_what, more, error) => {
    const house = await openRegistration()
    const own = await registered(house)
    const refused = await ask(own.at, { method: 'PUT', token: own.token, body: change(own, more) })
    expect([refused.status, refused.body['error']]).toEqual([400, error])
    expect((await ask(own.at, { method: 'GET', token: own.token })).status).toBe(200)
  })

  it('ends it, and gets no token from then on', async () => {
    const house = await openRegistration()
    const program = { client_name: 'Robot', grant_types: ['client_credentials'], redirect_uris: [] }
    const own = await registered(house, program, { allowsPrograms: true })
    const credentials = { id: own.id, secret: String(own.body['client_secret']) }
    const token = () => askToken(house, credentials, { grant_type: 'client_credentials' })
    expect((await token()).status).toBe(200)
    expect((await ask(own.at, { method: 'DELETE', token: own.token })).status).toBe(204)
    await eventually(async () => (await token()).status === 401 || undefined)
    expect((await ask(own.at, { method: 'GET', token: own.token })).status).toBe(401)
    expect(await house.events('client.removed')).toHaveLength(1)
  })

  it('touches no other, and none that the operator has shut or made', async () => {
    const house = await openRegistration()
    const [one, other] = [await registered(house), await registered(house)]
    const made = await house.addClient()
    const said = []
    for (const id of [other.id, made.id, 'cl_none'])
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const body = method === 'PUT' ? { body: change({ ...one, id }) } : {}
        const answer = await ask(one.at.replace(one.id, id), { method, token: one.token, ...body })
        said.push(JSON.stringify([answer.status, answer.body]))
      }
    expect([...new Set(said)]).toHaveLength(1)
    expect(said[0]).toContain('401')
    await house.clients.disable(arranging, one.id)
    expect((await ask(one.at, { method: 'PUT', token: one.token, body: change(one) })).status).toBe(401)
    expect((await ask(one.at, { method: 'DELETE', token: one.token })).status).toBe(401)
  })
})
