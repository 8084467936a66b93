import { randomBytes } from 'node:crypto'
import { Pool } from 'undici'
import type { Bench, Figure } from './support/figures.ts'
import { temporaryHome, withoutRefusals } from './support/home.ts'
import { createApplication, createPeople } from './support/people.ts'
import { startServer } from './support/server.ts'
import { type Application, Visitor } from './support/visitor.ts'
import { welchT } from './support/welch.ts'

const ATTEMPTS = 500
/** Each is guessed at fewer times in a row than leads to a pause. */
const PEOPLE = 60
/** The pages for mail answer at whole steps of time, so their waiting is shared by some visitors. */
const AT_ONCE = 4

type Arm = 'known' | 'unknown'
/** Milliseconds from the form sent to the answer: what a stranger sees. */
type Ask = (visitor: Visitor, email: string) => Promise<number>

async function timed(expected: number, work: () => Promise<{ readonly status: number }>): Promise<number> {
  const started = performance.now()
  const { status } = await work()
  const took = performance.now() - started
  if (status !== expected) throw new Error(`expected ${expected}, and got ${status}`)
  return took
}

const signIn =
  (application: Application): Ask =>
  async (visitor, email) => {
    const form = await visitor.beginSignIn(application, randomBytes(32).toString('base64url'))
    return timed(303, () => visitor.post(form, { email, password: 'not the one that it is' }))
  }

const page =
  (path: string): Ask =>
  (visitor, email) =>
    timed(303, () => visitor.post(path, { email }))

/** In random order, so that whatever the machine does meanwhile happens to both. */
async function compare(visitorAt: () => Visitor, emails: readonly string[], ask: Ask, atOnce: number): Promise<number> {
  const times: Record<Arm, number[]> = { known: [], unknown: [] }
  const order = Array.from(
    { length: ATTEMPTS * 2 },
    (_, index): { readonly arm: Arm; readonly email: string; readonly at: number } => ({
      arm: index % 2 === 0 ? 'known' : 'unknown',
      email: emails[(index >> 1) % emails.length] ?? '',
      at: Math.random(),
    }),
  ).toSorted((a, b) => a.at - b.at)
  let next = 0
  const visit = async () => {
    for (let turn = order[next++]; turn !== undefined; turn = order[next++]) {
      const email = turn.arm === 'known' ? turn.email : turn.email.replace('person', 'nobody')
      times[turn.arm].push(await ask(visitorAt(), email))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, visit))
  return Math.abs(welchT(times.known, times.unknown))
}

export const enumeration: Bench = {
  promise: 'Time does not tell who has an account',
  async run(): Promise<Figure[]> {
    using home = temporaryHome()
    withoutRefusals(home)
    await using server = await startServer(home, { env: { LOG_LEVEL: 'info' } })
    const application = await createApplication(home)
    const emails = (await createPeople(home, PEOPLE)).map(({ email }) => email)
    const pool = new Pool(server.origin, { connections: AT_ONCE, pipelining: 1 })
    const visitorAt = () => new Visitor(pool, server.host)
    const flows: [name: string, ask: Ask, atOnce: number][] = [
      ['sign-in', signIn(application), 1],
      ['recovery', page('/recover'), AT_ONCE],
      ['registration', page('/register'), AT_ONCE],
    ]
    const figures: Figure[] = []
    for (const [name, ask, atOnce] of flows) {
      // Whatever is read once a person is read before anything counts.
      for (const email of emails) await ask(visitorAt(), email)
      const t = await compare(visitorAt, emails, ask, atOnce)
      const bound = { atMost: 4.5 }
      figures.push({ name: `${name}, known against unknown, ${ATTEMPTS} each`, unit: '|t|', samples: [t], bound })
    }
    await pool.close()
    return figures
  },
}
