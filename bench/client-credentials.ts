import { measureAnswers } from './machine/answers.ts'
import { signsByJose } from './machine/signs.ts'
import { hearthkey } from './support/command.ts'
import type { Bench, Figure } from './support/figures.ts'
import { type Home, temporaryHome } from './support/home.ts'
import { interleave } from './support/interleave.ts'
import { databaseProcesses } from './support/postmaster.ts'
import { cpuSeconds } from './support/processes.ts'
import { algorithmOf, createProgram, tokenRequest } from './support/programs.ts'
import { type Server, startServer } from './support/server.ts'

const ROUNDS = 5
const algorithms = ['RS256', 'ES256', 'EdDSA'] as const
type Algorithm = (typeof algorithms)[number]

export const clientCredentials: Bench = {
  promise: 'A token for a program costs little more than its signature',
  async run(): Promise<Figure[]> {
    using home = temporaryHome()
    await using server = await startServer(home, { env: { LOG_LEVEL: 'info' } })
    const url = `${server.origin}/oauth/token`
    const [databaseMs, times]: [number[], number[]] = [[], []]
    const tokens = async (algorithm: Algorithm) => {
      const request = await requestFor(home, server, algorithm)
      return async () => {
        const before = cpuSeconds(databaseProcesses(home))
        const measured = await measureAnswers(url, server.nodeProcesses, request)
        if (algorithm === 'RS256') {
          databaseMs.push(((cpuSeconds(databaseProcesses(home)) - before) / measured.answers) * 1000)
          times.push(measured.p99)
        }
        return measured.answersPerCpuSecond
      }
    }
    const contenders = {
      signs: signsByJose,
      RS256: await tokens('RS256'),
      ES256: await tokens('ES256'),
      EdDSA: await tokens('EdDSA'),
    }
    await interleave(1, contenders)
    for (const warm of [databaseMs, times]) warm.splice(0)
    const measured = await interleave(ROUNDS, contenders)
    const against = (some: readonly number[], others: readonly number[]) =>
      some.map((each, round) => each / (others[round] ?? Number.NaN))
    return [
      {
        name: 'RS256 tokens / signatures by jose alone',
        unit: 'per CPU s',
        samples: against(measured.RS256, measured.signs),
        bound: { atLeast: 0.7 },
      },
      { name: '  RSA-2048 signs, jose', unit: '/CPU s', samples: measured.signs },
      ...algorithms.map((name) => ({ name: `  tokens, ${name}`, unit: '/CPU s', samples: measured[name] })),
      { name: 'ES256 / RS256 tokens', unit: '×', samples: against(measured.ES256, measured.RS256) },
      { name: 'EdDSA / RS256 tokens', unit: '×', samples: against(measured.EdDSA, measured.RS256) },
      { name: '  PostgreSQL beside it, RS256', unit: 'CPU ms a token', samples: databaseMs },
      { name: '  p99 of a token, RS256, wall', unit: 'ms', samples: times },
    ]
  },
}

/** An API with keys of its own, and a program that may have tokens for it alone. */
async function requestFor(home: Home, server: Server, algorithm: Algorithm) {
  const audience = `https://${algorithm.toLowerCase()}.bench.example`
  const api = ['--audience', audience, '--name', algorithm, '--scope', 'read', '--own-keys', '--algorithm', algorithm]
  await hearthkey(home, ['api', 'create', ...api])
  const program = await createProgram(home, ['--api', audience])
  const request = tokenRequest(server, program, { resource: audience })
  const found = await algorithmOf(`${server.origin}/oauth/token`, request)
  if (found !== algorithm) throw new Error(`a token for ${audience} is signed by ${found}`)
  return request
}
