import { type RawBuilder, sql, type Transaction } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DB, JsonObject } from '../../../src/db/schema.gen.ts'
import { defineId } from '../../../src/lib/ids.ts'
import { artifactHash } from '../../../src/oidc/artifacts/artifact.ts'
import { rotateRefreshToken, type WholeRefresh } from '../../../src/oidc/refresh/alone-store.ts'
import { arranging } from '../../support/event-guard.ts'
import { audience as api, invoicing, signIn } from '../organisations-support.ts'
import { type House, openSharedHouse } from '../support.ts'
import { firstToken } from './support.ts'

/**
 * A refresh in one statement is committed before its answer is made. What could refuse it afterwards has to be met before: each of
 * these is a condition without which it writes nothing, and is judged in a transaction instead.
 */

type At = Transaction<DB>
const DAY = 86_400
const successor = Buffer.alloc(32, 1)
const [userId, orgId] = [defineId('usr'), defineId('org')]

let house: House
let token: Buffer
let client: string
let audience: string
let member: { readonly token: Buffer; readonly client: string; readonly uuid: string; readonly org: string }
beforeAll(async () => {
  house = await openSharedHouse()
  const { id: person } = await house.addPerson()
  const { id, ...rest } = await house.addClient()
  client = id
  token = artifactHash('RefreshToken', await firstToken(house, { id, ...rest }))
  audience = house.issuer
  const { client: addClient, company } = await invoicing(house)
  const asking = await addClient({ organisations: 'required' })
  const { id: org } = await company([[person, 'viewer', 'member']])
  const ofMember = artifactHash('RefreshToken', (await signIn(house, asking)).refresh)
  member = { token: ofMember, client: asking.id, uuid: userId.toUuid(person), org: orgId.toUuid(org) }
})
afterAll(() => house?.close())

class Rollback extends Error {}

async function asked(change: (tx: At) => Promise<unknown>, conditions: Partial<WholeRefresh> = {}) {
  const at = house.clock.now()
  const after = (seconds: number) => new Date(at.getTime() + seconds * 1000)
  const answers: unknown[] = []
  const all = house.services.database.owner.transaction().execute(async (tx) => {
    await change(tx)
    const look = () =>
      tx
        .selectFrom('oidc_artifacts')
        .select(['id_hash', 'uses', 'consumed_at', 'payload', 'expires_at'])
        .where('kind', 'in', ['RefreshToken', 'Grant'])
        .orderBy('id_hash')
        .execute()
    const before = await look()
    const { use } = await rotateRefreshToken(tx, {
      token,
      successor,
      at,
      client,
      audiences: [audience],
      scopes: null,
      levels: null,
      levelsRequired: [],
      levelsResistant: [],
      largestClaims: 4096,
      neededUntil: at,
      keptUntil: at,
      seenAfter: after(-DAY),
      bornAfter: after(-DAY),
      window: 10,
      lives: [DAY, DAY, DAY, DAY, DAY],
      ...conditions,
    })
    const now = await look()
    answers.push({ use, changed: JSON.stringify(now) !== JSON.stringify(before), rows: now.length - before.length })
    throw new Rollback()
  })
  await all.catch((error: unknown) => {
    if (!(error instanceof Rollback)) throw error
  })
  return answers[0]
}

const nothing = async () => undefined
const set = (values: Readonly<Record<string, unknown>>) => (tx: At) =>
  tx.updateTable('oidc_artifacts').set(values).where('id_hash', '=', token).execute()
const says = (patch: Readonly<Record<string, unknown>>) => set({ payload: patched(patch) })
const patched = (patch: Readonly<Record<string, unknown>>): RawBuilder<JsonObject> =>
  sql`payload || ${JSON.stringify(patch)}::jsonb`
const ofGrant = (values: () => Readonly<Record<string, unknown>>) => (tx: At) =>
  tx.updateTable('oidc_artifacts').set(values()).where('kind', '=', 'Grant').execute()
const ago = (seconds: number) => new Date(house.clock.now().getTime() - seconds * 1000)

it('a plain refresh is used and replaced', async () => {
  expect(await asked(nothing)).toEqual({ use: 'first', changed: true, rows: 1 })
})

it('of a token that is not there nothing is said but that', async () => {
  expect(await asked(nothing, { token: successor })).toEqual({ use: 'none', changed: false, rows: 0 })
})

describe('a refresh that something may refuse afterwards writes nothing in one statement', () => {
  it.each<{ what: string; change?: (tx: At) => Promise<unknown>; conditions?: () => Partial<WholeRefresh> }>([
    { what: 'of another client', conditions: () => ({ client: 'another' }) },
    {
      what: 'for an API for which no token would be issued',
      conditions: () => ({ audiences: ['https://other.example'] }),
    },
    { what: 'for none', conditions: () => ({ audiences: [] }) },
    { what: 'with a scope that the token has not', conditions: () => ({ scopes: ['openid', 'phone'] }) },
    { what: 'with a scope of no letters', conditions: () => ({ scopes: ['openid', ''] }) },
    { what: 'of a sign-in that is not plainly strong enough', conditions: () => ({ levels: ['aal2', 'phr'] }) },
    { what: 'where no level is', conditions: () => ({ levels: [] }) },
    { what: 'that is bound to a key', change: says({ jkt: 'thumbprint' }) },
    { what: 'that is bound to a certificate', change: says({ 'x5t#S256': 'thumbprint' }) },
    { what: 'for several APIs', change: (tx) => says({ resource: [audience] })(tx) },
    { what: 'of another person than the grant', change: says({ accountId: 'usr_other' }) },
    { what: 'for an organisation', change: (tx) => set({ org_id: sql`gen_random_uuid()` })(tx) },
    { what: 'that is over', change: (tx) => set({ expires_at: house.clock.now() })(tx) },
    { what: 'that does not say when it began', change: set({ payload: sql`payload - 'iiat'` }) },
    { what: 'whose family is over', change: (tx) => says({ iiat: ago(DAY).getTime() / 1000 })(tx) },
    { what: 'whose session is too old', change: (tx) => says({ authTime: ago(DAY).getTime() / 1000 })(tx) },
    { what: 'of a grant that is over', change: ofGrant(() => ({ expires_at: house.clock.now() })) },
    { what: 'of a grant of another client', change: ofGrant(() => ({ client_id: 'another' })) },
    { what: 'that came before, outside of the window', change: (tx) => set({ uses: 1, consumed_at: ago(10) })(tx) },
    {
      what: 'that came before uses were counted',
      change: (tx) => set({ uses: 0, consumed_at: house.clock.now() })(tx),
    },
    { what: 'whose successor is not there', change: (tx) => set({ uses: 1, consumed_at: house.clock.now() })(tx) },
  ])('one $what', async ({ change = nothing, conditions }) => {
    expect(await asked(change, conditions?.())).toEqual({ use: 'undecided', changed: false, rows: 0 })
  })
})

describe('a refresh for an organisation is judged in the one statement, too', () => {
  const ofMember = (conditions: Partial<WholeRefresh> = {}) => ({
    ...{ token: member.token, client: member.client, audiences: [api] },
    ...conditions,
  })
  /** By the owner, in the scope of the organisation. */
  const inOrg = (work: (tx: At) => Promise<unknown>) => async (tx: At) => {
    await arranging(tx)
    await sql`SELECT set_config('hearthkey.org', ${member.org}, true), set_config('hearthkey.scope', 'instance', true)`.execute(
      tx,
    )
    await work(tx)
  }
  const seat = (values: Readonly<Record<string, unknown>>) =>
    inOrg((tx) => tx.updateTable('memberships').set(values).where('member_id', '=', member.uuid).execute())
  const org = (values: Readonly<Record<string, unknown>>) =>
    inOrg((tx) => tx.updateTable('organisations').set(values).where('id', '=', member.org).execute())
  const policy = (values: Readonly<Record<string, unknown>>) => org({ policy: JSON.stringify(values) })
  const roles = (values: Readonly<Record<string, unknown>>, of?: string) =>
    inOrg((tx) =>
      tx
        .updateTable('roles')
        .set(values)
        .$if(of !== undefined, (query) => query.where('key', '=', of ?? ''))
        .execute(),
    )
  const hour = 3600

  it.each<{ what: string; change?: (tx: At) => Promise<unknown>; conditions?: Partial<WholeRefresh> }>([
    { what: 'an active member', change: nothing },
    { what: 'a member without roles', change: inOrg((tx) => tx.deleteFrom('membership_roles').execute()) },
    { what: 'one whose roles are for people in part', change: roles({ api_only: true }, 'viewer') },
    { what: 'one who signed in just in time', change: policy({ sessionMaxAge: hour }) },
    { what: 'one of an organisation that asks for nothing', change: policy({ mfa: 'optional', ipRanges: [] }) },
    {
      what: 'one whose level is enough',
      change: policy({ mfa: 'required' }),
      conditions: { levelsRequired: ['aal1'] },
    },
    {
      what: 'one whose level is enough for a role',
      change: roles({ mfa: 'phishing-resistant' }),
      conditions: { levelsResistant: ['aal1'] },
    },
    { what: 'a role of programs asks nothing of them', change: roles({ mfa: 'required', api_only: true }, 'viewer') },
  ])('of $what', async ({ change = nothing, conditions }) => {
    expect(await asked(change, ofMember(conditions))).toEqual({ use: 'first', changed: true, rows: 1 })
  })

  it.each<{ what: string; change?: (tx: At) => Promise<unknown>; conditions?: Partial<WholeRefresh> }>([
    { what: 'of whoever is suspended', change: seat({ status: 'suspended', suspended_at: new Date() }) },
    { what: 'of whoever was removed', change: seat({ status: 'removed', removed_at: new Date() }) },
    { what: 'of a suspended organisation', change: org({ status: 'suspended', suspended_at: new Date() }) },
    { what: 'of a deleted one', change: org({ status: 'deleted', deleted_at: new Date() }) },
    { what: 'of roles for programs alone', change: roles({ api_only: true }) },
    { what: 'of an organisation that looks at addresses', change: policy({ ipRanges: ['127.0.0.0/8'] }) },
    { what: 'of one that asks for two factors', change: policy({ mfa: 'required' }) },
    {
      what: 'of one that asks for a passkey',
      change: policy({ mfa: 'phishing-resistant' }),
      conditions: { levelsRequired: ['aal1'] },
    },
    { what: 'of a role that asks for two factors', change: roles({ mfa: 'required' }, 'member') },
    {
      what: 'of one that says which factors count',
      change: policy({ mfa: 'required', factors: ['totp'] }),
      conditions: { levelsRequired: ['aal1'] },
    },
    {
      what: 'of one that says which count, where the instance asks',
      change: policy({ factors: ['totp'] }),
      conditions: { levels: ['aal1'] },
    },
    {
      what: 'of whoever signed in too long ago',
      change: async (tx: At) => {
        await policy({ sessionMaxAge: hour })(tx)
        const long = { authTime: ago(hour + 1).getTime() / 1000 }
        await tx
          .updateTable('oidc_artifacts')
          .set({ payload: patched(long) })
          .where('id_hash', '=', member.token)
          .execute()
      },
    },
    { what: 'with more to say than a token may', conditions: { largestClaims: 300 } },
    {
      what: 'with a role that was given more to say than a token may',
      change: roles({
        permissions: JSON.stringify({ api: Array.from({ length: 400 }, (_, index) => `records:${index}`) }),
      }),
    },
  ])('one $what writes nothing', async ({ change = nothing, conditions }) => {
    expect(await asked(change, ofMember(conditions))).toEqual({ use: 'undecided', changed: false, rows: 0 })
  })
})
