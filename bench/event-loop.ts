import { setTimeout as pause } from 'node:timers/promises'
import type { Told } from './inside/told.ts'
import { startWatched } from './inside/watched-server.ts'
import { expectAnswer, introspection, tokensOf } from './support/asking.ts'
import type { Bench, Figure } from './support/figures.ts'
import { temporaryHome, withoutRefusals } from './support/home.ts'
import { generateLoad } from './support/load.ts'
import { createApplication, createPeople } from './support/people.ts'
import { createProgram, tokenRequest } from './support/programs.ts'
import { type Chain, chainOf } from './support/refresh-chain.ts'
import { generateSignIns } from './support/sign-in-load.ts'
import { createWebApplication } from './support/web-application.ts'

const ROUNDS = 5
const SECONDS = 8
const PEOPLE = 16
const CHAINS = 8

/** Some hundred requests in a second, of all kinds at once: a server that is used and not pressed. */
export const eventLoop: Bench = {
  promise: 'No request keeps the others from being looked at',
  async run(): Promise<Figure[]> {
    using home = temporaryHome()
    withoutRefusals(home)
    await using server = await startWatched(home)
    const people = await createPeople(home, PEOPLE)
    const [first, ...others] = people
    if (!first) throw new Error('nobody was created')
    const application = await createApplication(home)
    const web = await createWebApplication(home)
    const { refresh_token } = await tokensOf(server, web, first)
    const looks = introspection(server, web, refresh_token)
    await expectAnswer(looks, '"active":true')
    const { origin, host } = server
    const tokens = { url: `${origin}/oauth/token`, ...tokenRequest(server, await createProgram(home)) }
    const chain = (person: (typeof people)[number]) => chainOf(server, application, person, { scope: 'openid email' })
    const chains = await Promise.all(others.slice(0, CHAINS).map(chain))

    const gently = { connections: 2, requests: 10_000, seconds: SECONDS, pauseMs: 20 }
    const signIns = { origin, host, application, people: others.slice(CHAINS), visitors: 1, seconds: SECONDS }
    const mixed = async () => {
      const kinds = [
        generateSignIns(signIns).then(({ completed }) => completed),
        generateLoad({ ...tokens, ...gently }).then(({ answers }) => answers),
        generateLoad({ ...looks, ...gently }).then(({ answers }) => answers),
        refreshes(chains),
      ]
      await pause((SECONDS / 4) * 1000) // All of them have begun.
      await server.tell()
      await pause((SECONDS / 2) * 1000)
      return { told: await server.tell(), done: await Promise.all(kinds) }
    }
    await mixed()
    const rounds: { told: Told; done: number[] }[] = []
    for (let round = 0; round < ROUNDS; round++) rounds.push(await mixed())
    const delay = (of: keyof Told['delay']) => rounds.map(({ told }) => told.delay[of])
    const names = ['sign-ins', 'client credentials', 'introspections', 'refreshes']
    return [
      { name: 'p99 of the event-loop delay', unit: 'ms', samples: delay('p99'), bound: { atMost: 20 } },
      { name: '  p50 (of which 1 ms is the measure’s own)', unit: 'ms', samples: delay('p50') },
      { name: '  longest', unit: 'ms', samples: delay('max') },
      ...names.map((name, kind) => ({
        name: `  ${name}`,
        unit: '/s',
        samples: rounds.map(({ done }) => (done[kind] ?? Number.NaN) / SECONDS),
      })),
    ]
  },
}

/** How many there were. */
async function refreshes(chains: readonly Chain[]): Promise<number> {
  const deadline = performance.now() + SECONDS * 1000
  let done = 0
  const goOn = async (chain: Chain) => {
    while (performance.now() < deadline) {
      await chain.next()
      done++
      await pause(50)
    }
  }
  await Promise.all(chains.map(goOn))
  return done
}
