import { expect, it, onTestFinished } from 'vitest'
import { begin } from '../../../src/db/pooled-db.ts'
import { eventually } from '../../support/eventually.ts'
import { configFile } from '../../support/scratch.ts'
import { undisturbedSince } from '../../support/undisturbed.ts'
import { type House, openHouse } from '../support.ts'
import { type Client, firstToken, outcomeOf, refreshing, rowsOf } from './support.ts'

const good = /^[\w-]{43}$/
const POOL = 4
const TOKENS = 14

/** As an administrator holds it who ends the grants of an application, or a commit that is slow. */
async function holdGrants(house: House, client: Client): Promise<() => Promise<void>> {
  const held = await begin(house.services.database.owner)
  onTestFinished(() => held.rollback())
  await held.tx
    .selectFrom('oidc_artifacts')
    .select('id_hash')
    .where('kind', '=', 'Grant')
    .where('client_id', '=', client.id)
    .forUpdate()
    .execute()
  return () => held.rollback()
}

/** All of one grant: one person, one session, one application. */
async function tokensOfOne(house: House, client: Client, count = TOKENS): Promise<string[]> {
  const browser = house.browser()
  const tokens: string[] = []
  for (let n = 0; n < count; n++) tokens.push(await firstToken(house, client, { browser }))
  expect(await rowsOf(house, 'Grant')).toHaveLength(1)
  return tokens
}

const asked = async (house: House, client: Client, token: string) => {
  const answer = await fetch(new URL('/oauth/token', house.url), {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token }),
  })
  return [answer.status, answer.headers.get('retry-after')]
}

const unused = async (house: House) =>
  (await rowsOf(house, 'RefreshToken')).filter(({ uses, consumed_at }) => uses === 0 && consumed_at === null).length

it('tokens of one busy grant, more than there are connections, keep nobody else out, and each is used once it is free', async () => {
  const house = await openHouse({ poolSize: POOL })
  await house.addPerson()
  const [busy, other] = [await house.addClient(), await house.addClient({ name: 'Another' })]
  const tokens = await tokensOfOne(house, busy)
  const others = await firstToken(house, other)
  const release = await holdGrants(house, busy)
  const done: string[] = []
  const all = tokens.map(async (token) => {
    const outcome = outcomeOf(await refreshing(house, busy)(token))
    done.push(outcome)
    return outcome
  })
  let next = others
  for (let round = 0; round < 10; round++) {
    next = outcomeOf(await refreshing(house, other)(next))
    expect(next).toMatch(good)
  }
  expect(done).toEqual([])
  await release()
  const outcomes = await Promise.all(all)
  expect(outcomes).toEqual(outcomes.map(() => expect.stringMatching(good)))
  expect(new Set(outcomes).size).toBe(TOKENS)
})

it('whoever would wait for too long is told when to come again, and has used nothing', async () => {
  const house = await openHouse({ poolSize: POOL })
  await house.addPerson()
  const client = await house.addClient()
  const tokens = await tokensOfOne(house, client, 3)
  const release = await holdGrants(house, client)
  const [first = ''] = tokens
  // Two that wait for one token, and two for the grant.
  const answers = await Promise.all([...tokens, first].map((token) => asked(house, client, token)))
  expect(answers).toEqual(answers.map(() => [503, '1']))
  expect(await unused(house)).toBe(3)
  await release()
  for (const token of tokens) expect(outcomeOf(await refreshing(house, client)(token))).toMatch(good)
  expect(house.toldOfReplay).toEqual([])
})

it('whoever finds no connection for as long as the operator says is told when to come again, and nothing of it was used', async () => {
  const yaml = configFile('database: { connectionWait: 500ms }')
  const house = await openHouse({ poolSize: POOL, env: { CONFIG_FILE: yaml } })
  await house.addPerson()
  const client = await house.addClient()
  const token = await firstToken(house, client)
  const { app } = house.services.database
  const taken = await eventually(async () => Promise.all(Array.from({ length: POOL }, () => begin(app))))
  const waited = undisturbedSince()
  expect(await asked(house, client, token)).toEqual([503, '1'])
  expect(waited()).toBeLessThan(1400)
  for (const one of taken) await one.rollback()
  expect(await unused(house)).toBe(1)
  expect(outcomeOf(await refreshing(house, client)(token))).toMatch(good)
})
