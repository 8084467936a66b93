import { z } from 'zod'
import { measureAnswers } from './machine/answers.ts'
import { signsByJose } from './machine/signs.ts'
import { hearthkey } from './support/command.ts'
import type { Bench, Figure } from './support/figures.ts'
import { temporaryHome } from './support/home.ts'
import { interleave } from './support/interleave.ts'
import { databaseProcesses } from './support/postmaster.ts'
import { cpuSeconds } from './support/processes.ts'
import { startServer } from './support/server.ts'

const ROUNDS = 5
const created = z.object({ clientId: z.string(), clientSecret: z.string() })
const isJwt = z.object({ access_token: z.string().regex(/^[\w-]+\.[\w-]+\.[\w-]+$/) })

export const clientCredentials: Bench = {
  promise: 'A token for a program costs little more than its signature',
  async run(): Promise<Figure[]> {
    using home = temporaryHome()
    await using server = await startServer(home, { env: { LOG_LEVEL: 'info' } })
    const grant = ['client', 'create', '--name', 'Bench', '--grant', 'client_credentials']
    const { clientId, clientSecret } = created.parse(await hearthkey(home, grant))
    const url = `${server.origin}/oauth/token`
    const request = {
      form: 'grant_type=client_credentials',
      headers: { host: server.host, authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
    }
    await expectJwt(url, request)

    const [databaseMs, times]: number[][] = [[], []]
    const contenders = {
      signs: signsByJose,
      tokens: async () => {
        const before = cpuSeconds(databaseProcesses(home))
        const measured = await measureAnswers(url, server.nodeProcesses, request)
        databaseMs?.push(((cpuSeconds(databaseProcesses(home)) - before) / measured.answers) * 1000)
        times?.push(measured.p99)
        return measured.answersPerCpuSecond
      },
    }
    await interleave(1, contenders)
    for (const warm of [databaseMs, times]) warm?.splice(0)
    const measured = await interleave(ROUNDS, contenders)
    const ratios = measured.tokens.map((tokens, round) => tokens / (measured.signs[round] ?? Number.NaN))
    return [
      { name: 'tokens / signatures by jose alone', unit: 'per CPU s', samples: ratios, bound: { atLeast: 0.6 } },
      { name: '  client-credentials tokens, RS256', unit: '/CPU s', samples: measured.tokens },
      { name: '  RSA-2048 signs, jose', unit: '/CPU s', samples: measured.signs },
      { name: '  PostgreSQL beside it', unit: 'CPU ms a token', samples: databaseMs ?? [] },
      { name: '  p99 of a token, wall', unit: 'ms', samples: times ?? [] },
    ]
  },
}

async function expectJwt(url: string, { form, headers }: { form: string; headers: Record<string, string> }) {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form), headers })
  isJwt.parse(await answer.json())
}
