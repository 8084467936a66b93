import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { signsByJose } from './machine/signs.ts'
import { profilingInto, summaryOf } from './support/cpu-profile.ts'
import type { Bench, Figure } from './support/figures.ts'
import { type Home, temporaryHome, withoutRefusals } from './support/home.ts'
import { interleave } from './support/interleave.ts'
import { createApplication, createPeople, type Person } from './support/people.ts'
import { databaseProcesses } from './support/postmaster.ts'
import { cpuSeconds } from './support/processes.ts'
import { type Chain, chainOf } from './support/refresh-chain.ts'
import { type Server, startServer } from './support/server.ts'
import type { Application } from './support/visitor.ts'

const ROUNDS = 7
/** As many connections as the bench of client credentials has. */
const CHAINS = 16
const REFRESHES = 50

/** An ID token is a second signature: an application that asks for no `openid` in its refresh has one alone. Both end with a session. */
const kinds = {
  'access token': { scope: 'email' },
  'with an ID token': { scope: 'openid email' },
} as const

/**
 * Rotation, with all that is judged at it: the person, the client, the session, the grant. Of chains that go on side by side, as
 * people do.
 */
export const refresh: Bench = {
  promise: 'A refresh costs little more than what it signs',
  async run(): Promise<Figure[]> {
    using home = temporaryHome()
    withoutRefusals(home)
    const people = await preparedPeople(home)
    const application = await createApplication(home)
    const figures = await measured(home, application, people)
    console.log(await profiled(home, application, people))
    return figures
  },
}

async function preparedPeople(home: Home): Promise<Person[]> {
  await using _ = await startServer(home)
  return await createPeople(home, CHAINS)
}

async function measured(home: Home, application: Application, people: readonly Person[]): Promise<Figure[]> {
  await using server = await startServer(home, { env: { LOG_LEVEL: 'info' } })
  const cost = new Map<string, { node: number[]; database: number[] }>()
  const contender = async (name: keyof typeof kinds) => {
    const chains = await chainsOf(server, application, people, name)
    const spent = { node: [] as number[], database: [] as number[] }
    cost.set(name, spent)
    return async () => {
      const parts = () => [cpuSeconds(server.nodeProcesses()), cpuSeconds(databaseProcesses(home))] as const
      const before = parts()
      const count = await goOn(chains)
      const after = parts()
      const [node, database] = [(after[0] - before[0]) / count, (after[1] - before[1]) / count]
      spent.node.push(node * 1000)
      spent.database.push(database * 1000)
      return node + database
    }
  }
  const contenders = {
    signs: signsByJose,
    'access token': await contender('access token'),
    'with an ID token': await contender('with an ID token'),
  }
  await interleave(2, contenders)
  for (const { node, database } of cost.values()) for (const warm of [node, database]) warm.splice(0)
  const { signs, ...seconds } = await interleave(ROUNDS, contenders)
  const times = (name: keyof typeof kinds) => seconds[name].map((each, round) => each * (signs[round] ?? Number.NaN))
  const about = (name: keyof typeof kinds) => [
    { name: `  ${name}: Node`, unit: 'CPU ms', samples: cost.get(name)?.node ?? [] },
    { name: `  ${name}: PostgreSQL`, unit: 'CPU ms', samples: cost.get(name)?.database ?? [] },
  ]
  return [
    {
      name: 'a refresh with rotation × signatures by jose',
      unit: 'signatures',
      samples: times('access token'),
      bound: { atMost: 2.4 },
    },
    { name: '  with an ID token, a second signature', unit: 'signatures', samples: times('with an ID token') },
    ...about('access token'),
    ...about('with an ID token'),
    { name: '  RSA-2048 signs, jose', unit: '/CPU s', samples: signs },
  ]
}

async function chainsOf(
  server: Server,
  application: Application,
  people: readonly Person[],
  kind: keyof typeof kinds,
): Promise<Chain[]> {
  const of = (person: Person) => chainOf(server, application, person, { scope: 'openid email' }, kinds[kind])
  const chains = await Promise.all(people.map(of))
  for (const chain of chains)
    if ('id_token' in (await chain.next()) !== (kind === 'with an ID token')) throw new Error(`${kind}: it is not so`)
  return chains
}

/** How many there were. */
async function goOn(chains: readonly Chain[]): Promise<number> {
  await Promise.all(
    chains.map(async (chain) => {
      for (let turn = 0; turn < REFRESHES; turn++) await chain.next()
    }),
  )
  return chains.length * REFRESHES
}

/** A server of its own: to be watched costs something, too. */
async function profiled(home: Home, application: Application, people: readonly Person[]): Promise<string> {
  const folder = join(home.folder, 'profile')
  mkdirSync(folder)
  await using server = await startServer(home, { env: { LOG_LEVEL: 'info', NODE_OPTIONS: profilingInto(folder) } })
  const chains = await chainsOf(server, application, people, 'access token')
  for (let round = 0; round < 5; round++) await goOn(chains)
  await server.stop()
  return summaryOf(folder)
}
