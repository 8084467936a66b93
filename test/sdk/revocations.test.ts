import { decodeJwt, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, it, onTestFinished } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import {
  createRevocationReader,
  type RevocationFeedError,
  type RevocationReaderOptions,
} from '../../src/sdk/revocations.ts'
import { arranging, codeFor, type House, openHouse, redeem } from '../oidc/support.ts'
import { type Answer, programOf } from '../revocations/support.ts'

const api = 'https://invoices.example/api'
const HOUR = 3_600_000

async function world() {
  const house = await openHouse()
  await house.addApi({ audience: api, name: 'Invoices', scopes: ['read'] })
  const { client } = await programOf(house, { firstParty: true, apis: [api] })
  const wire = wireTo()
  const errors: unknown[] = []
  const reader = (more: Partial<RevocationReaderOptions> = {}) => {
    const made = createRevocationReader({
      issuer: house.issuer,
      api,
      clientId: client.id,
      clientSecret: client.secret ?? '',
      every: HOUR,
      clock: house.clock,
      fetch: wire.fetch,
      onError: (error) => errors.push(error),
      ...more,
    })
    onTestFinished(() => made.stop())
    return made
  }
  return { house, wire, errors, reader, client }
}

/** Between the reader and the server: whoever sits there can do all of this. */
function wireTo() {
  const told: { readonly url: URL; readonly text: string }[] = []
  const state: { instead?: ((url: URL, real: () => Promise<Response>) => Promise<Response>) | undefined } = {}
  const isFeed = (url: URL) => url.pathname === '/oauth/revocations'
  return {
    /** Every answer of the feed that came through. */
    told,
    /** In the place of the answers of the feed. */
    tell: (text: string | (() => Promise<string>)) => {
      state.instead = async () => new Response(typeof text === 'string' ? text : await text())
    },
    cut: () => {
      state.instead = async () => {
        throw new TypeError('fetch failed')
      }
    },
    mend: () => {
      state.instead = undefined
    },
    fetch: async (to: string, init: RequestInit): Promise<Response> => {
      const url = new URL(to)
      const real = () => fetch(url, init)
      if (state.instead && isFeed(url)) return state.instead(url, real)
      const answer = await real()
      if (isFeed(url) && answer.ok) told.push({ url, text: await answer.clone().text() })
      return answer
    },
  }
}

async function signIn(house: House, more: Parameters<House['addClient']>[0] = {}) {
  const person = await house.addPerson()
  const client = await house.addClient({ apis: [api], ...more })
  const { body } = await redeem(house, client, await codeFor(house, client, { scope: 'openid read', resource: api }))
  // The engine goes by the time of day, and what is announced by ours: a busy machine takes a while to sign somebody in.
  if (house.clock.now() < new Date()) house.clock.set(new Date())
  return { person, client, claims: decodeJwt(body['access_token'] ?? '') }
}

const endAll = (house: House, user: Parameters<House['signInAs']>[0]) =>
  inTransaction(house.services.database.app, (tx) =>
    house.sessions.endAllOf(tx, arranging, user, { reason: 'revoked' }),
  )

/** What other databases of the same server do may move the place from which the reader goes on. */
const toldBefore = ['rolled-back', 'to-another-question']

const reasonOf = (refresh: Promise<void>) =>
  refresh.then(
    () => 'taken',
    ({ reason }: RevocationFeedError) => reason,
  )

describe('a service that reads the list', () => {
  it('knows within one question which tokens are dead, of pairwise clients too, and of no others', async () => {
    const { house, reader } = await world()
    const one = reader()
    await one.ready()
    const [ada, eve] = [await signIn(house), await signIn(house, { subjectType: 'pairwise' })]
    const grace = await signIn(house)
    expect([ada, eve, grace].map(({ claims }) => one.isRevoked(claims))).toEqual(['no', 'no', 'no'])
    await endAll(house, ada.person.id)
    await house.users.disable(arranging, eve.person.id)
    await one.refresh()
    expect([ada, eve, grace].map(({ claims }) => one.isRevoked(claims))).toEqual(['revoked', 'revoked', 'no'])
    expect(eve.claims.sub).not.toBe(eve.person.id)
    const later = { ...eve.claims, iat: (eve.claims.iat ?? 0) + 60 }
    expect(one.isRevoked(later), 'issued after it').toBe('no')
    expect(one.isRevoked({ ...eve.claims, iat: undefined }), 'issued nobody knows when').toBe('revoked')
  })

  it('reads all pages, however many there are', async () => {
    const { house, reader, wire } = await world()
    const clients = Array.from({ length: 1203 }, (_, at) => `client-${at}`)
    await inTransaction(house.services.database.app, async (tx) => {
      for (const clientId of clients) await house.services.revocations.announce(tx, { clientId, reason: 'test' })
    })
    const one = reader()
    await one.ready()
    expect(wire.told).toHaveLength(3)
    expect(new Set(clients.map((client_id) => one.isRevoked({ client_id, iat: 1 })))).toEqual(new Set(['revoked']))
  })

  it('reads the list of an API with keys of its own by those alone', async () => {
    const { house, reader, errors } = await world()
    const own = await house.addApi({ audience: 'https://own.example', name: 'Own', ownKeys: true })
    const { client } = await programOf(house, { firstParty: true, apis: ['https://own.example'] })
    const asking = { api: 'https://own.example', clientId: client.id, clientSecret: client.secret ?? '' }
    await reader({ ...asking, jwksUri: `${house.issuer}/oauth/apis/${own.id}/jwks` }).ready()
    expect(await reasonOf(reader(asking).refresh())).toBe('not-signed')
    expect(errors.map((error) => String(error))).toEqual([expect.stringContaining('not signed')])
  })
})

describe('[threat 10] an answer that somebody made up, kept or exchanged is not believed', () => {
  it.each([
    ['signed by another key', 'not-signed', async (real: string) => forged(real, {})],
    [
      'with another type',
      'not-signed',
      async (real: string) => real.replace(/^[^.]+/, header({ typ: 'at+jwt' }, real)),
    ],
    [
      'without a signature',
      'not-signed',
      async (real: string) => `${header({ alg: 'none' }, real)}.${real.split('.')[1]}.`,
    ],
    [
      'with one bit changed',
      'not-signed',
      async (real: string) => real.replace(/\.(.)/, (_, one) => (one === 'e' ? '.f' : '.e')),
    ],
    ['that is no JWT', 'not-signed', async () => '{"entries":[]}'],
  ])('%s', async (_, reason, made) => {
    const { house, reader, wire } = await world()
    const one = reader()
    await one.ready()
    const { person, claims } = await signIn(house)
    wire.tell(await made(wire.told[0]?.text ?? ''))
    await endAll(house, person.id)
    expect(await reasonOf(one.refresh())).toBe(reason)
    expect(one.isRevoked(claims), 'nothing of it was taken in').toBe('no')
    wire.mend()
    await one.refresh()
    expect(one.isRevoked(claims)).toBe('revoked')
  })

  it('of another type, by the very key of the server', async () => {
    const { house, reader, wire } = await world()
    const one = reader()
    await one.ready()
    const { active } = await house.services.signing.current.fresh()
    const signed = (typ: string) => {
      const { seq, next, ...said } = decodeJwt<Answer>(wire.told.at(-1)?.text ?? '')
      return new SignJWT({ ...said, seq: seq + 1, after: next, next })
        .setProtectedHeader({ alg: active.algorithm, kid: active.kid, typ })
        .sign(active.privateKey)
    }
    for (const typ of ['at+jwt', 'JWT', 'logout+jwt']) {
      wire.tell(await signed(typ))
      expect(await reasonOf(one.refresh()), typ).toBe('not-signed')
    }
    wire.tell(await signed('revocations+jwt'))
    expect(await reasonOf(one.refresh())).toBe('taken')
  })

  it('for another API, of the same server and by the same key', async () => {
    const { house, reader, wire } = await world()
    await house.addApi({ audience: 'https://other.example', name: 'Other' })
    const other = await programOf(house, { firstParty: true, apis: ['https://other.example'] })
    const one = reader()
    await one.ready()
    wire.tell((await other.ask({ api: 'https://other.example' })).text)
    expect(await reasonOf(one.refresh())).toBe('not-signed')
  })

  it('told again: to the question before, to the same question, or too late', async () => {
    const { house, reader, wire } = await world()
    const one = reader()
    await one.ready()
    const [first] = wire.told
    await house.users.disable(arranging, (await house.addPerson()).id)
    await one.refresh()
    wire.tell(first?.text ?? '')
    expect(await reasonOf(one.refresh())).toBe('to-another-question')
    wire.mend()
    await one.refresh()
    await one.refresh()
    // While nothing happens the question stays the same; an answer to it from before would hide what happens from now on.
    const asked = wire.told.map(({ url, text }) => ({ after: url.searchParams.get('after'), text }))
    const again = asked.filter(({ after }) => after === asked.at(-1)?.after)
    wire.tell(again[0]?.text ?? '')
    expect(toldBefore).toContain(await reasonOf(one.refresh()))
    wire.tell(again.at(-1)?.text ?? '')
    expect(toldBefore, 'the very last one, too').toContain(await reasonOf(one.refresh()))
    wire.mend()
    const kept = await (await programOf(house, { firstParty: true, apis: [api] })).ask({
      api,
      after: asked.at(-1)?.after ?? '',
    })
    wire.tell(kept.text)
    house.clock.advance(91_000)
    expect(await reasonOf(one.refresh())).toBe('not-signed')
  })
})

describe('a service that does not hear of the server', () => {
  it('says so once its news is old, or goes on, as it was told to; what is dead stays dead', async () => {
    const { house, reader, wire } = await world()
    const [strict, lenient] = [reader({ staleAfter: 60_000 }), reader({ staleAfter: 60_000, onStale: 'accept' })]
    const good = (await signIn(house)).claims
    const { person, claims: bad } = await signIn(house)
    const verdicts = [reader(), reader({ onStale: 'accept' })].map((one) => one.isRevoked(good))
    expect(verdicts, 'before it has heard anything').toEqual(['unknown', 'no'])
    await endAll(house, person.id)
    await Promise.all([strict.refresh(), lenient.refresh()])
    wire.cut()
    house.clock.advance(50_000)
    expect(await reasonOf(strict.refresh())).toBe('unreachable')
    expect(strict.isRevoked(good)).toBe('no')
    house.clock.advance(15_000)
    expect([strict.isRevoked(good), lenient.isRevoked(good)]).toEqual(['unknown', 'no'])
    expect([strict.isRevoked(bad), lenient.isRevoked(bad)]).toEqual(['revoked', 'revoked'])
    house.clock.set(new Date(house.clock.now().getTime() - HOUR))
    expect(strict.isRevoked(good), 'a clock that was set back makes no news young').toBe('unknown')
  })

  it('goes on after a restart where it stopped, and knows at once what it knew', async () => {
    const { house, reader, wire } = await world()
    const { person, claims } = await signIn(house)
    const kept: { text?: string } = {}
    const store = {
      load: async () => kept.text,
      save: async (text: string) => {
        kept.text = text
      },
    }
    const first = reader({ store })
    await endAll(house, person.id)
    await first.refresh()
    await first.refresh()
    first.stop()
    const after = wire.told.at(-1)
    wire.cut()
    const second = reader({ store })
    expect(await reasonOf(second.refresh())).toBe('unreachable')
    expect(second.isRevoked(claims)).toBe('revoked')
    expect(second.isRevoked({ ...claims, sub: 'usr_other', sid: 'ses_other' }), 'but not what came meanwhile').toBe(
      'unknown',
    )
    wire.tell(after?.text ?? '')
    expect(toldBefore, 'and what was told before the restart').toContain(await reasonOf(second.refresh()))
    wire.mend()
    await second.refresh()
    expect(wire.told.at(-1)?.url.searchParams.get('after')).toBe(decodeJwt(after?.text ?? '')['next'])
    for (const text of [
      '',
      '{',
      '[]',
      JSON.stringify({ ...JSON.parse(kept.text ?? ''), api: 'https://other.example' }),
    ]) {
      kept.text = text
      const third = reader({ store })
      await third.ready()
      expect(third.isRevoked(claims), 'begun anew').toBe('revoked')
    }
  })

  it('asks from the beginning where the server does not know the place, and forgets nothing', async () => {
    const { house, reader } = await world()
    const { person, claims } = await signIn(house)
    await endAll(house, person.id)
    const state = { version: 1, issuer: house.issuer, api, next: 'elsewhere', seq: 1, floor: 0, dead: [] }
    const one = reader({ store: { load: async () => JSON.stringify(state), save: async () => {} } })
    await one.ready()
    expect(one.isRevoked(claims)).toBe('revoked')
  })

  it('gets itself another token where the one that it has is refused, and stops when it is told to', async () => {
    const { house, reader, wire, client } = await world()
    const one = reader()
    await one.ready()
    let refused = 0
    const { fetch } = wire
    wire.fetch = async (to, init) => {
      if (!to.includes('/oauth/revocations') || refused > 0) return fetch(to, init)
      refused += 1
      return new Response('{}', { status: 401 })
    }
    const two = createRevocationReader({
      ...{ issuer: house.issuer, api, clientId: client.id, clientSecret: client.secret ?? '' },
      ...{ clock: house.clock, every: HOUR, fetch: (to, init) => wire.fetch(to, init) },
    })
    await two.ready()
    expect(refused).toBe(1)
    two.stop()
    await expect(two.refresh()).rejects.toThrow('stopped')
    const three = reader({ clientSecret: 'wrong' })
    expect(await reasonOf(three.refresh())).toBe('refused')
    three.stop()
    await expect(three.ready()).rejects.toThrow('stopped')
  })
})

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const header = (more: Record<string, string>, real: string): string =>
  encoded({ ...JSON.parse(Buffer.from(real.split('.')[0] ?? '', 'base64url').toString()), ...more })

async function forged(real: string, more: Record<string, unknown>): Promise<string> {
  const { privateKey } = await generateKeyPair('RS256')
  const { kid = '' } = JSON.parse(Buffer.from(real.split('.')[0] ?? '', 'base64url').toString()) as { kid?: string }
  return new SignJWT({ ...decodeJwt(real), ...more })
    .setProtectedHeader({ alg: 'RS256', typ: 'revocations+jwt', kid })
    .sign(privateKey)
}
