import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { everythingHeard } from '../support/heard.ts'
import { arranging, askToken, type House, openHouse, openSharedHouse } from './support.ts'

let house: House
beforeAll(async () => {
  house = await openSharedHouse()
})
afterAll(() => house?.close())

const program = { type: 'service', redirectUris: [], postLogoutRedirectUris: [] } as const
const HOUR = 3_600_000
const ask = async (at: House, id: string, secret: string) =>
  (await askToken(at, { id, secret }, { grant_type: 'client_credentials' })).status
const heard = async (at: House, id: string, secret: string) => {
  await everythingHeard(at.services)
  return ask(at, id, secret)
}

const one = async (options: Partial<typeof program> = {}) => {
  const client = await house.addClient({ ...program, ...options })
  return { id: client.id, first: client.secret ?? '' }
}
const added = async (id: string, options?: { readonly expiresAt?: Date }) => {
  const done = await house.clients.addSecret(arranging, id, options)
  if (!done.ok) throw new Error(done.error.reason)
  return { ...done.value, secret: done.value.secret.reveal() }
}

describe('several secrets of one application', () => {
  it('[MON-1] count at the same time, each by itself, on every instance within a second', async () => {
    const other = await openHouse({ beside: { database: house.database, issuer: house.issuer } })
    const { id, first } = await one()
    for (const at of [house, other]) expect(await ask(at, id, first)).toBe(200)
    const second = await added(id)
    for (const at of [house, other]) {
      expect(await heard(at, id, second.secret)).toBe(200)
      expect(await ask(at, id, first)).toBe(200)
    }
    const secrets = (await house.clients.find(id))?.secrets ?? []
    expect(secrets.map(({ hint }) => hint)).toEqual([first.slice(-4), second.secret.slice(-4)])
    const removed = await house.clients.removeSecret(arranging, id, secrets[0]?.id ?? '')
    expect(removed).toEqual({ ok: true, value: { left: 1 } })
    for (const at of [house, other]) {
      expect(await heard(at, id, first)).toBe(401)
      expect(await ask(at, id, second.secret)).toBe(200)
    }
    const [made] = await house.events('client.secret_added')
    expect(made).toMatchObject({ target_id: id, after: { secretId: second.id, hint: second.secret.slice(-4) } })
    expect(await house.events('client.secret_removed')).toMatchObject([{ before: { secretId: secrets[0]?.id } }])
    expect(JSON.stringify(made)).not.toContain(second.secret)
  })

  it('one that has expired is refused, and makes room for another', async () => {
    const { id, first } = await one()
    const until = new Date(house.clock.now().getTime() + HOUR)
    const short = await added(id, { expiresAt: until })
    for (let more = 2; more < 5; more++) await added(id, { expiresAt: until })
    expect(await house.clients.addSecret(arranging, id), 'five at a time').toEqual({
      ok: false,
      error: { reason: 'too-many-secrets' },
    })
    expect(await house.clients.rotateSecret(arranging, id, { overlap: HOUR })).toMatchObject({ ok: false })
    expect(await heard(house, id, short.secret)).toBe(200)
    const started = house.clock.now()
    house.clock.advance(HOUR)
    expect(await ask(house, id, short.secret)).toBe(401)
    expect(await ask(house, id, first)).toBe(200)
    await added(id)
    expect((await house.clients.find(id))?.secrets).toHaveLength(2)
    house.clock.set(started)
  })

  it('the last that counts never goes by the way', async () => {
    const { id, first } = await one()
    const [only] = (await house.clients.find(id))?.secrets ?? []
    const secret = only?.id ?? ''
    const refused = await house.clients.removeSecret(arranging, id, secret)
    expect(refused).toEqual({ ok: false, error: { reason: 'last-secret' } })
    expect(await ask(house, id, first)).toBe(200)
    expect(await house.clients.removeSecret(arranging, id, 'csec_none')).toMatchObject({
      error: { reason: 'no-such-secret' },
    })
    expect(await house.clients.removeSecret(arranging, id, secret, { evenTheLast: true })).toMatchObject({ ok: true })
    expect(await heard(house, id, first)).toBe(401)
  })

  it('one that is somebody else’s is not taken away', async () => {
    const [mine, theirs] = [await one(), await one()]
    const [secret] = (await house.clients.find(theirs.id))?.secrets ?? []
    await added(mine.id)
    const done = await house.clients.removeSecret(arranging, mine.id, secret?.id ?? '')
    expect(done).toMatchObject({ ok: false, error: { reason: 'no-such-secret' } })
    expect(await ask(house, theirs.id, theirs.first)).toBe(200)
  })
})

describe('a rotation', () => {
  it('leaves those before for as long as it says, and not for longer than they would have counted', async () => {
    const { id, first } = await one()
    const started = house.clock.now()
    const short = await added(id, { expiresAt: new Date(started.getTime() + HOUR / 2) })
    const rotated = await house.clients.rotateSecret(arranging, id, { overlap: HOUR })
    if (!rotated.ok) throw new Error(rotated.error.reason)
    const { secret, until } = rotated.value
    expect(until).toEqual(new Date(started.getTime() + HOUR))
    expect(await heard(house, id, secret.reveal())).toBe(200)
    expect([await ask(house, id, first), await ask(house, id, short.secret)]).toEqual([200, 200])
    house.clock.advance(HOUR / 2)
    expect([await ask(house, id, first), await ask(house, id, short.secret)]).toEqual([200, 401])
    house.clock.advance(HOUR / 2)
    expect([await ask(house, id, first), await ask(house, id, secret.reveal())]).toEqual([401, 200])
    house.clock.set(started)
    const events = (await house.events('client.secret_rotated')).filter(({ target_id }) => target_id === id)
    expect(events).toMatchObject([{ before: { countUntil: until?.toISOString() } }])
  })

  it('of one that keeps none is refused, and whoever turns to a key keeps none', async () => {
    const page = await house.addClient({ type: 'single-page' })
    const refused = { ok: false, error: { reason: 'has-no-secret' } }
    expect(await house.clients.rotateSecret(arranging, page.id, { overlap: 0 })).toEqual(refused)
    expect(await house.clients.addSecret(arranging, page.id)).toEqual(refused)
    const { id, first } = await one()
    const jwksUri = 'https://app.example.com/jwks.json'
    await house.clients.update(arranging, id, { authMethod: 'private_key_jwt', jwksUri })
    expect(await heard(house, id, first)).toBe(401)
    expect((await house.clients.find(id))?.secrets).toEqual([])
    expect(await house.clients.addSecret(arranging, id)).toEqual(refused)
  })
})
