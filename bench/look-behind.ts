import { startWatched } from './inside/watched-server.ts'
import { measureAnswers } from './machine/answers.ts'
import { type Asking, expectAnswer, introspection, tokensOf, userinfo } from './support/asking.ts'
import type { Bench, Figure } from './support/figures.ts'
import { type Home, temporaryHome, withoutRefusals } from './support/home.ts'
import { interleave } from './support/interleave.ts'
import { createPeople, type Person } from './support/people.ts'
import { databaseProcesses } from './support/postmaster.ts'
import { cpuSeconds } from './support/processes.ts'
import type { Program } from './support/programs.ts'
import { type Server, startServer } from './support/server.ts'
import type { Application } from './support/visitor.ts'
import { audience, createWebApplication } from './support/web-application.ts'

const ROUNDS = 5
const WATCHED = 25
/** By name, how a request begins to look like it: on each server with tokens of its own. */
type Asks = Readonly<Record<string, { readonly asking: Asking; readonly says: string }>>
type Prepare = (server: Server) => Promise<Asks>

/** What all that is behind a token costs to look at: statements are counted in a server that does nothing else, CPU in one that is pressed. */
const lookBehind = (promise: string, asksOf: (prepared: Prepared) => Prepare): Bench => ({
  promise,
  async run(): Promise<Figure[]> {
    using home = temporaryHome()
    withoutRefusals(home)
    const prepared = await prepare(home)
    const asks = asksOf(prepared)
    const statements = await statementsOf(home, asks)
    const cpu = await cpuOf(home, asks)
    return Object.entries(cpu).flatMap(([name, { node, database }]) => [
      { name: `statements, ${name}`, unit: '', samples: statements[name] ?? [], bound: { atMost: 2 } },
      { name: '  Node', unit: 'CPU ms', samples: node },
      { name: '  PostgreSQL', unit: 'CPU ms', samples: database },
    ])
  },
})

interface Prepared {
  readonly application: Application & Program
  readonly person: Person
}

async function prepare(home: Home): Promise<Prepared> {
  await using _ = await startServer(home)
  const [person] = await createPeople(home, 1)
  if (!person) throw new Error('nobody was created')
  return { application: await createWebApplication(home), person }
}

async function statementsOf(home: Home, asksOf: Prepare): Promise<Record<string, number[]>> {
  await using server = await startWatched(home)
  const counted: Record<string, number[]> = {}
  for (const [name, { asking, says }] of Object.entries(await asksOf(server))) {
    for (let warm = 0; warm < 3; warm++) await expectAnswer(asking, says)
    const samples: number[] = []
    for (let turn = 0; turn < WATCHED; turn++) {
      await server.tell()
      await expectAnswer(asking, says)
      samples.push((await server.tell()).statements)
    }
    counted[name] = samples
  }
  return counted
}

async function cpuOf(home: Home, asksOf: Prepare): Promise<Record<string, { node: number[]; database: number[] }>> {
  await using server = await startServer(home, { env: { LOG_LEVEL: 'info' } })
  const asks = Object.entries(await asksOf(server))
  const measured = Object.fromEntries(asks.map(([name]) => [name, { node: [] as number[], database: [] as number[] }]))
  const contender =
    ([name, { asking, says }]: (typeof asks)[number]) =>
    async () => {
      await expectAnswer(asking, says)
      const before = cpuSeconds(databaseProcesses(home))
      const { answers, answersPerCpuSecond } = await measureAnswers(asking.url, server.nodeProcesses, asking)
      measured[name]?.database.push(((cpuSeconds(databaseProcesses(home)) - before) / answers) * 1000)
      measured[name]?.node.push(1000 / answersPerCpuSecond)
      return answersPerCpuSecond
    }
  const contenders = Object.fromEntries(asks.map((each) => [each[0], contender(each)]))
  await interleave(1, contenders)
  for (const { node, database } of Object.values(measured)) for (const warm of [node, database]) warm.splice(0)
  await interleave(ROUNDS, contenders)
  return measured
}

const active = '"active":true'

export const introspections: Bench = lookBehind(
  'To ask what a token is worth takes two statements at most',
  ({ application, person }) =>
    async (server) => {
      const { refresh_token } = await tokensOf(server, application, person)
      const forApi = { resource: audience, scope: 'openid records:read' }
      const { access_token } = await tokensOf(server, application, person, forApi)
      return {
        'introspection of a refresh token': {
          asking: introspection(server, application, refresh_token),
          says: active,
        },
        'introspection of a JWT': { asking: introspection(server, application, access_token), says: active },
      }
    },
)

export const userinfos: Bench = lookBehind(
  'To ask who somebody is takes two statements at most',
  ({ application, person }) =>
    async (server) => {
      const { access_token } = await tokensOf(server, application, person)
      return { userinfo: { asking: userinfo(server, access_token), says: person.email } }
    },
)
