import { describe, expect, it } from 'vitest'
import { openHouse } from '../support.ts'
import { firstToken, outcomeOf, REFUSED, refreshing, rowsOf } from './support.ts'

const WINDOW = 10_000

async function arranged(retryWindow = WINDOW) {
  const house = await openHouse({ tokens: { retryWindow } })
  const person = await house.addPerson()
  const client = await house.addClient()
  return { house, person, client, first: await firstToken(house, client), refresh: refreshing(house, client) }
}

describe('a refresh token that comes again because its answer was lost', () => {
  it('is answered with the same successor, as often as it comes inside of the window that its first use opened', async () => {
    const { house, first, refresh } = await arranged()
    const successor = outcomeOf(await refresh(first))
    expect(successor).toMatch(/^[\w-]{43}$/)
    const [, kept] = await rowsOf(house, 'RefreshToken')
    house.clock.advance(WINDOW / 2)
    expect(outcomeOf(await refresh(first))).toBe(successor)
    house.clock.advance(WINDOW / 2 - 1)
    expect(outcomeOf(await refresh(first))).toBe(successor)
    expect(await rowsOf(house, 'RefreshToken')).toMatchObject([{ uses: 3 }, kept])
    expect(outcomeOf(await refresh(successor))).toMatch(/^[\w-]{43}$/)
    expect(house.toldOfReplay).toEqual([])
  })

  it.each([
    { when: 'the window is over', window: WINDOW, later: WINDOW },
    { when: 'there is no window', window: 0, later: 0 },
  ])(
    '[TOS-1] is a replay where $when: the family dies, its owner hears of it once, and it is logged and recorded',
    async ({ window, later }) => {
      const { house, person, client, first, refresh } = await arranged(window)
      const successor = outcomeOf(await refresh(first))
      house.clock.advance(later)
      expect(outcomeOf(await refresh(first))).toBe(REFUSED)
      expect(outcomeOf(await refresh(successor))).toBe(REFUSED)
      expect(outcomeOf(await refresh(first))).toBe(REFUSED)
      expect(await rowsOf(house, 'RefreshToken')).toEqual([])
      expect(await rowsOf(house, 'Grant')).toEqual([])
      expect(house.toldOfReplay).toEqual([person.id])
      expect(await house.events('grant.revoked')).toMatchObject([
        { before: { client: client.id, user: person.id }, after: { reason: 'replay' } },
      ])
      const logged = house.log
        .lines()
        .filter(({ level, msg }) => level === 'warn' && `${msg}`.includes('a second time'))
      expect(logged).toMatchObject([{ client: client.id }])
    },
  )

  it('is a replay once its successor was used: whoever uses that has had the answer', async () => {
    const { house, first, refresh } = await arranged()
    const second = outcomeOf(await refresh(first))
    const third = outcomeOf(await refresh(second))
    expect(outcomeOf(await refresh(second)), 'that one may come again').toBe(third)
    expect(outcomeOf(await refresh(first))).toBe(REFUSED)
    expect(outcomeOf(await refresh(third))).toBe(REFUSED)
    expect(house.toldOfReplay).toHaveLength(1)
  })

  it('does not bring back what was refused at its first use: that was none', async () => {
    const { house, first, refresh } = await arranged()
    const refused = await refresh(first, { resource: 'https://unknown.example.com' })
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_target' } })
    house.clock.advance(10 * WINDOW)
    expect(outcomeOf(await refresh(first))).toMatch(/^[\w-]{43}$/)
    expect(await rowsOf(house, 'RefreshToken')).toMatchObject([{ uses: 1 }, { uses: 0 }])
  })

  it('of the time before uses were counted is a replay at its second use, never a first', async () => {
    const { house, first, refresh } = await arranged()
    await house.services.database.owner
      .updateTable('oidc_artifacts')
      .set({ consumed_at: house.clock.now(), uses: 0 })
      .where('kind', '=', 'RefreshToken')
      .execute()
    expect(outcomeOf(await refresh(first))).toBe(REFUSED)
    expect(house.toldOfReplay).toHaveLength(1)
  })
})

describe('50 refreshes with one token at once over two processes', () => {
  const race = async (retryWindow: number) => {
    const parts = await arranged(retryWindow)
    const { house, client, first } = parts
    const other = await openHouse({
      beside: { database: house.database, issuer: house.issuer },
      tokens: { retryWindow },
    })
    const ask = [house, other].map((each) => refreshing(each, client))
    const answers = await Promise.all(Array.from({ length: 50 }, (_, each) => ask[each % 2]?.(first)))
    return { ...parts, outcomes: answers.map((answer) => answer && outcomeOf(answer)), other }
  }

  it('inside of the window: all are answered with one successor, and it is good (threat 4)', async () => {
    const { outcomes, refresh } = await race(WINDOW)
    const [successor = '', ...others] = new Set(outcomes)
    expect(others).toEqual([])
    expect(successor).toMatch(/^[\w-]{43}$/)
    expect(outcomeOf(await refresh(successor))).toMatch(/^[\w-]{43}$/)
  })

  it('without a window: one is answered, and the family dies (threat 4)', async () => {
    const { outcomes, refresh, house, other, person } = await race(0)
    const answered = outcomes.filter((outcome) => outcome !== REFUSED)
    expect(answered).toHaveLength(1)
    expect(outcomeOf(await refresh(answered[0] ?? ''))).toBe(REFUSED)
    expect(await rowsOf(house, 'RefreshToken')).toEqual([])
    expect([...house.toldOfReplay, ...other.toldOfReplay]).toEqual([person.id])
  })
})
