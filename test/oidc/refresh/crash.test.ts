import { Connection } from 'pg'
import { expect, it, onTestFinished, vi } from 'vitest'
import { invoicing, signIn } from '../organisations-support.ts'
import { type House, openHouse } from '../support.ts'
import { type Client, firstToken, outcomeOf, refreshing, rowsOf, transaction } from './support.ts'

/** `before`: it never left. `with`: it was on its way. `after`: the database has answered, and nobody hears it. */
const MOMENTS = ['before', 'with', 'after'] as const

type Arranged = { readonly client: Client; readonly token: string }

const ways = [
  {
    how: 'in one statement',
    deaths: 252,
    // The whole refresh; the person and their key.
    steps: [1, 2],
    arrange: async (house: House): Promise<Arranged> => {
      await house.addPerson()
      const client = await house.addClient()
      return { client, token: await firstToken(house, client, { scope: 'openid' }) }
    },
  },
  {
    how: 'in a transaction, for a member of an organisation that lets nobody in from just anywhere',
    deaths: 240,
    // The use, which takes BEGIN along; the seat and the roles; the successor, COMMIT.
    steps: [2, 3, 4, 5, 6],
    arrange: async (house: House): Promise<Arranged> => {
      const person = await house.addPerson()
      const { client: addClient, company } = await invoicing(house)
      const client = await addClient({ organisations: 'required' })
      const policy = { ipRanges: ['127.0.0.0/8', '::1/128'] }
      await company([[person.id, 'viewer', 'member']], { policy })
      return { client, token: (await signIn(house, client)).refresh }
    },
  },
]

/**
 * To the database a process that is killed is a connection that ends in the midst of something. Here it ends at every step in
 * turn, 492 times in both ways that a refresh takes; the process itself is killed in `strangers/killed-while-refreshing.test.ts`.
 * Only `with` leaves anything to chance, and little: whether the statement is lost or its answer. Each step has it at least
 * sixteen times.
 */
it.each(ways)(
  'a refresh $how that dies at any step, $deaths times: never two tokens that are good, and never a person thrown out',
  async ({ deaths, steps, arrange }) => {
    const house = await openHouse({ tokens: { retryWindow: 10_000 } })
    const arranged = await arrange(house)
    const { client } = arranged
    const refresh = refreshing(house, client)
    const look = async () => {
      const rows = await rowsOf(house, 'RefreshToken')
      const good = rows.filter((row) => row.consumed_at === null).length
      return { good, isUsed: rows.some(({ uses }) => uses === 1) }
    }
    const ended = { answered: 0, lost: 0, kept: 0 }
    let { token } = arranged
    for (let round = 0; round < deaths / (steps.length * MOMENTS.length); round++)
      for (const step of steps)
        for (const moment of MOMENTS) {
          const at = { round, step, moment }
          const answer = await dyingAt(step, moment, () => refresh(token))
          const broken = outcomeOf(answer)
          expect({ ...at, broken }).toEqual({ ...at, broken: expect.not.stringContaining('invalid_grant') })
          await settled(house)
          const { good, isUsed } = await look()
          expect({ ...at, good }).toEqual({ ...at, good: 1 })
          if (answer.status === 200) ended.answered += 1
          else ended[isUsed ? 'lost' : 'kept'] += 1
          const again = outcomeOf(await refresh(token))
          expect({ ...at, again }).toEqual({ ...at, again: expect.stringMatching(/^[\w-]{43}$/) })
          if (answer.status === 200) expect({ ...at, again }).toEqual({ ...at, again: broken })
          expect({ ...at, good: (await look()).good }).toEqual({ ...at, good: 1 })
          token = again
          await forgetUsed(house)
        }
    expect(house.toldOfReplay).toEqual([])
    // Both ends of it were met: where the commit was lost, and where only the answer was.
    expect(ended.kept).toBeGreaterThan(100)
    expect(ended.lost).toBeGreaterThan(10)
  },
  600_000,
)

/** The database goes on with what it has of a connection that is gone, and holds the family until that is decided. */
const settled = (house: House) =>
  transaction(house, (tx) =>
    tx.selectFrom('oidc_artifacts').select('kind').where('kind', '=', 'Grant').forUpdate().execute(),
  )

/** What was used up before is no matter of the next round. */
const forgetUsed = (house: Awaited<ReturnType<typeof openHouse>>) =>
  house.services.database.owner
    .deleteFrom('oidc_artifacts')
    .where('kind', '=', 'RefreshToken')
    .where('consumed_at', 'is not', null)
    .execute()

async function dyingAt<T>(step: number, moment: (typeof MOMENTS)[number], work: () => Promise<T>): Promise<T> {
  let sent = 0
  const spies = (['query', 'sync'] as const).map((name) => {
    const send = Connection.prototype[name]
    return vi.spyOn(Connection.prototype, name).mockImplementation(function dying(
      this: Connection,
      ...args: unknown[]
    ) {
      sent += 1
      const die = () => void this.stream.destroy()
      if (sent === step && moment === 'before') die()
      const result = Reflect.apply(send, this, args)
      // What is written in one turn goes out at its end (`batching-socket.ts`): before that it would never leave.
      if (sent === step && moment === 'with') process.nextTick(die)
      if (sent === step && moment === 'after') this.stream.removeAllListeners('data').once('data', die)
      return result
    })
  })
  const restore = () => {
    for (const spy of spies) spy.mockRestore()
  }
  onTestFinished(restore)
  try {
    return await work()
  } finally {
    restore()
  }
}
