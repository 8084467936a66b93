import { measureAnswers } from './machine/answers.ts'
import { connect, copyRow, idFor } from './support/database.ts'
import type { Bench, Figure } from './support/figures.ts'
import { type Home, temporaryHome } from './support/home.ts'
import { interleave } from './support/interleave.ts'
import { generateLoad } from './support/load.ts'
import { databaseProcesses } from './support/postmaster.ts'
import { cpuSeconds } from './support/processes.ts'
import { basic, createProgram, type Program, tokenRequest } from './support/programs.ts'
import { startServer } from './support/server.ts'

const ROUNDS = 5
const SOME = 1_000
const MANY = 10_000

/** Of look-ups alone, many-clients tells; here it is a token over HTTP, with all that is asked of a client on the way. */
export const programsInTurn: Bench = {
  promise: 'A token costs the same whether one program asks, a thousand or ten thousand in turn',
  async run(): Promise<Figure[]> {
    using home = temporaryHome()
    await using server = await startServer(home, { env: { LOG_LEVEL: 'info' } })
    const program = await createProgram(home)
    const programs = await copiesOf(home, program)
    const url = `${server.origin}/oauth/token`
    const { form, headers } = tokenRequest(server, program)
    const one = { form, headers }
    const authorizations = programs.map(basic)
    const many = { form, headers: { host: server.host }, authorizations }
    const some = { ...many, authorizations: authorizations.slice(0, SOME) }
    // The server has met each of them before anything counts.
    await generateLoad({ url, connections: 8, requests: MANY, seconds: 120, ...many })
    const databaseMs: number[] = []
    const contenders = {
      one: async () => (await measureAnswers(url, server.nodeProcesses, one)).answersPerCpuSecond,
      some: async () => (await measureAnswers(url, server.nodeProcesses, some)).answersPerCpuSecond,
      many: async () => {
        const before = cpuSeconds(databaseProcesses(home))
        const measured = await measureAnswers(url, server.nodeProcesses, many)
        databaseMs.push(((cpuSeconds(databaseProcesses(home)) - before) / measured.answers) * 1000)
        return measured.answersPerCpuSecond
      },
    }
    await interleave(1, contenders)
    databaseMs.splice(0)
    const measured = await interleave(ROUNDS, contenders)
    const toOne = (samples: readonly number[]) =>
      samples.map((each, round) => each / (measured.one[round] ?? Number.NaN))
    const asMany = { unit: 'per CPU s', bound: { atLeast: 0.9 } }
    return [
      { name: 'tokens, 1,000 programs in turn / one', samples: toOne(measured.some), ...asMany },
      { name: 'tokens, 10,000 programs in turn / one', samples: toOne(measured.many), ...asMany },
      { name: '  of one', unit: '/CPU s', samples: measured.one },
      { name: '  of 1,000 in turn', unit: '/CPU s', samples: measured.some },
      { name: '  of 10,000 in turn', unit: '/CPU s', samples: measured.many },
      { name: '  PostgreSQL beside the 10,000', unit: 'CPU ms a token', samples: databaseMs },
    ]
  },
}

/** With the secret of the first: its hash does not depend on whose it is. */
async function copiesOf(home: Home, { clientId, clientSecret }: Program): Promise<Program[]> {
  const client = await connect(home, 'hearthkey_super')
  const copies = { like: 'client_id = $1', values: [clientId], from: 1, to: MANY }
  const id = "'bench-' || n"
  await copyRow(client, { ...copies, table: 'oidc_clients', but: { client_id: id } })
  await copyRow(client, { ...copies, table: 'oidc_client_secrets', but: { id: idFor('secret'), client_id: id } })
  await client.query('ANALYZE oidc_clients, oidc_client_secrets')
  await client.end()
  return Array.from({ length: MANY }, (_, index) => ({ clientId: `bench-${index + 1}`, clientSecret }))
}
