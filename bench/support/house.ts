import { Pool } from 'undici'
import { connect } from './database.ts'
import { type Home, temporaryHome, withoutRefusals } from './home.ts'
import { makeMany } from './many-people.ts'
import { createApplication, createPeople, type Person } from './people.ts'
import { chainOf } from './refresh-chain.ts'
import { type Server, startServer } from './server.ts'
import { type Application, Visitor } from './visitor.ts'

const PEOPLE = 32
export const works = ['sign-in', 'refresh', 'session look-up'] as const
export type Work = (typeof works)[number]

/** A server, as many people as were asked for, and some of them who do something. */
export interface House extends AsyncDisposable {
  readonly secondsToFill: number
  readonly megabytes: number
  /** Milliseconds of one, by whoever has the turn. */
  readonly ask: Readonly<Record<Work, (turn: number) => Promise<number>>>
}

export async function openHouse(size: number): Promise<House> {
  await using stack = new AsyncDisposableStack()
  const home = stack.use(temporaryHome())
  withoutRefusals(home)
  const server = stack.use(await startServer(home, { env: { LOG_LEVEL: 'info' } }))
  const application = await createApplication(home)
  const people = await createPeople(home, PEOPLE)
  const filled = await fill(home, server, application, people, size)
  const pool = new Pool(server.origin, { connections: 1 })
  stack.defer(() => pool.close())
  const some = await Promise.all(people.map((person) => active(server, application, person, pool)))
  const by = (work: Work) => async (turn: number) => {
    const one = some[turn % some.length]
    const before = performance.now()
    await one?.[work]()
    return performance.now() - before
  }
  const ask = { 'sign-in': by('sign-in'), refresh: by('refresh'), 'session look-up': by('session look-up') }
  const opened = stack.move()
  return { ...filled, ask, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

const asked = { scope: 'openid email' }

async function fill(home: Home, server: Server, application: Application, [first]: readonly Person[], size: number) {
  if (!first) throw new Error('nobody was created')
  await chainOf(server, application, first, asked)
  const client = await connect(home, 'hearthkey_super')
  const { rows: signedIn } = await client.query<{ user_id: string }>('SELECT user_id FROM sessions')
  const started = performance.now()
  await makeMany(client, size - PEOPLE, signedIn[0]?.user_id ?? '')
  const secondsToFill = (performance.now() - started) / 1000
  const { rows } = await client.query<{ bytes: number }>('SELECT pg_database_size(current_database())::float8 AS bytes')
  await client.end()
  return { secondsToFill, megabytes: (rows[0]?.bytes ?? Number.NaN) / 2 ** 20 }
}

async function active(
  server: Server,
  application: Application,
  person: Person,
  pool: Pool,
): Promise<Record<Work, () => Promise<unknown>>> {
  const chain = await chainOf(server, application, person, asked, { scope: 'email' })
  const signIn = async (visitor: Visitor) => {
    const { status } = await visitor.signIn(application, person.email, person.password)
    if (status !== 200) throw new Error(`a sign-in was answered with ${status}`)
    return visitor
  }
  const signedIn = await signIn(new Visitor(pool, server.host))
  let browser = signedIn
  return {
    'sign-in': async () => {
      browser = await signIn(new Visitor(pool, server.host, browser.kept()))
    },
    refresh: () => chain.next(),
    'session look-up': async () => {
      const { status, location } = await signedIn.get('/account')
      if (status !== 200) throw new Error(`the account was answered with ${status} ${location}`)
    },
  }
}
