import { expect, it } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { everythingHeard } from '../../support/heard.ts'
import { roundTripsDuring } from '../../support/round-trips.ts'
import { invoicing, signIn } from '../organisations-support.ts'
import { type House, openHouse } from '../support.ts'
import { type Answer, firstToken, outcomeOf, REFUSED, refreshing } from './support.ts'

const good = /^[\w-]{43}$/
const MINUTE = 60_000

async function counted(ask: () => Promise<Answer>) {
  const answers: Answer[] = []
  const asked = await roundTripsDuring(async () => answers.push(await ask()))
  const [answer] = answers
  return { ...asked, outcome: answer ? outcomeOf(answer) : '' }
}

/**
 * A quarter of an hour after the last use, of a person whose key nobody remembers and whose session was not seen meanwhile. What
 * all have in common (the client, the API, the roles, the licence) others keep warm.
 */
async function later(house: House, byOthers: () => Promise<unknown>): Promise<void> {
  house.clock.advance(15 * MINUTE)
  await everythingHeard(house.services)
  await byOthers()
}

it.each([
  { of: 'a session', options: {}, scope: 'openid profile email', trips: 3, statements: 3 },
  { of: 'a session without an ID token', options: {}, scope: 'email', trips: 1, statements: 1 },
  {
    of: 'offline access',
    options: { scope: 'openid profile email offline_access', prompt: 'consent' },
    scope: 'openid profile email',
    trips: 3,
    statements: 3,
  },
])(
  'a refresh of $of waits for the database $trips times at most, however long ago the last was',
  async ({ options, scope, ...most }) => {
    const house = await openHouse()
    const client = await house.addClient()
    const refresh = refreshing(house, client)
    await house.addPerson()
    const others = await firstToken(house, client, options)
    await house.addPerson()
    const token = outcomeOf(await refresh(await firstToken(house, client, options)))
    await later(house, () => refresh(others))
    const { trips, statements, outcome } = await counted(() => refresh(token, { scope }))
    expect(outcome).toMatch(good)
    expect(trips).toBeLessThanOrEqual(most.trips)
    // All in one; with an ID token, the person and their key.
    expect(statements).toBe(most.statements)
    const retried = await counted(() => refresh(token))
    expect(retried).toMatchObject({ outcome, trips: expect.toSatisfy((count: number) => count <= 3) })
  },
)

it('the same for a member of an organisation with roles, whose seat is judged anew in that statement', async () => {
  const house = await openHouse()
  const [other, person] = [await house.addPerson(), await house.addPerson()]
  const { client: addClient, company } = await invoicing(house)
  const client = await addClient({ organisations: 'required' })
  await company([
    [person.id, 'viewer', 'member'],
    [other.id, 'viewer', 'member'],
  ])
  const refresh = refreshing(house, client)
  const [token, second] = [
    outcomeOf(await refresh((await signIn(house, client)).refresh)),
    (await signIn(house, client)).refresh,
  ]
  house.signInAs(other.id)
  const others = (await signIn(house, client)).refresh
  await later(house, () => refresh(others))
  const { trips, outcome } = await counted(() => refresh(token))
  expect(outcome).toMatch(good)
  expect(trips).toBeLessThanOrEqual(3)
  const without = await counted(() => refresh(second, { scope: 'invoices:read' }))
  expect(without).toMatchObject({ outcome: expect.stringMatching(good), trips: 1, statements: 1 })
})

it('what is no token of ours costs one: to look', async () => {
  const house = await openHouse()
  await house.addPerson()
  const client = await house.addClient()
  const refresh = refreshing(house, client)
  // That the client was created is heard of a moment later, and it is looked up once more.
  const twice = await eventually(async () => {
    const asked = await counted(() => refresh('none'))
    return asked.trips <= 1 ? asked : undefined
  })
  expect(twice.outcome).toBe(REFUSED)
})
