import { expectAnswer, introspection, tokensOf } from './support/asking.ts'
import type { Bench, Figure } from './support/figures.ts'
import { temporaryHome, withoutRefusals } from './support/home.ts'
import { interleave } from './support/interleave.ts'
import { generateLoad } from './support/load.ts'
import { createPeople } from './support/people.ts'
import { startServer } from './support/server.ts'
import { createWebApplication } from './support/web-application.ts'

const ROUNDS = 7
const SECONDS = 4

/**
 * Of a refresh token, which says nothing by itself, so that each answer is the database's, too. By the clock, with the load
 * generator and PostgreSQL on the same processors: what one process leaves unused is all that there is for a second one.
 */
export const twoProcesses: Bench = {
  promise: 'A second process answers what the first leaves undone',
  async run(): Promise<Figure[]> {
    await using one = await open(1)
    await using two = await open(2)
    const contenders = { one: one.answersPerSecond, two: two.answersPerSecond }
    await interleave(1, contenders)
    const measured = await interleave(ROUNDS, contenders)
    const ratios = measured.two.map((each, round) => each / (measured.one[round] ?? Number.NaN))
    return [
      { name: 'introspections, WORKERS=2 / WORKERS=1', unit: '×', samples: ratios, bound: { atLeast: 1.4 } },
      { name: '  of one process', unit: '/s', samples: measured.one },
      { name: '  of two', unit: '/s', samples: measured.two },
    ]
  },
}

async function open(workers: number) {
  await using stack = new AsyncDisposableStack()
  const home = stack.use(temporaryHome())
  withoutRefusals(home)
  const server = stack.use(await startServer(home, { env: { LOG_LEVEL: 'info', WORKERS: String(workers) } }))
  const [person] = await createPeople(home, 1)
  if (!person) throw new Error('nobody was created')
  const application = await createWebApplication(home)
  const { refresh_token } = await tokensOf(server, application, person)
  const asking = introspection(server, application, refresh_token)
  await expectAnswer(asking, '"active":true')
  const answersPerSecond = async () => {
    const load = { connections: 16, requests: 100_000, seconds: SECONDS }
    const { answers, seconds } = await generateLoad({ ...asking, ...load })
    return answers / seconds
  }
  const opened = stack.move()
  return { answersPerSecond, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}
