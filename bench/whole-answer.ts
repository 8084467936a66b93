import { measureAnswers, startBareServer } from './machine/answers.ts'
import type { Bench, Figure } from './support/figures.ts'
import { temporaryHome } from './support/home.ts'
import { interleave } from './support/interleave.ts'
import { startServer } from './support/server.ts'

const ROUNDS = 7

/** The same bytes, once through everything that the server has and once from `node:http` alone. */
const wholeAnswer = (path: string, promise: string): Bench => ({
  promise,
  async run(): Promise<Figure[]> {
    using home = temporaryHome()
    await using server = await startServer(home, { env: { LOG_LEVEL: 'info' } })
    const url = `${server.origin}${path}`
    const request = { headers: { host: server.host } }
    await using bare = await startBareServer(await (await fetch(url)).text())

    const [bareTimes, wholeTimes]: number[][] = [[], []]
    const contenders = {
      bare: async () => {
        const measured = await measureAnswers(bare.url, () => [bare.pid], request)
        bareTimes?.push(measured.p99)
        return measured.answersPerCpuSecond
      },
      whole: async () => {
        const measured = await measureAnswers(url, server.nodeProcesses, request)
        wholeTimes?.push(measured.p99)
        return measured.answersPerCpuSecond
      },
    }
    await interleave(1, contenders) // Both compilers are warm before anything counts.
    for (const warm of [bareTimes, wholeTimes]) warm?.splice(0)
    const measured = await interleave(ROUNDS, contenders)
    const ratios = measured.whole.map((whole, round) => whole / (measured.bare[round] ?? Number.NaN))
    return [
      { name: 'whole stack / bare node:http', unit: 'answers per CPU s', samples: ratios, bound: { atLeast: 0.5 } },
      { name: '  whole stack', unit: '/CPU s', samples: measured.whole },
      { name: '  bare node:http', unit: '/CPU s', samples: measured.bare },
      { name: '  p99 of the whole stack, wall', unit: 'ms', samples: wholeTimes ?? [] },
      { name: '  p99 of bare node:http, wall', unit: 'ms', samples: bareTimes ?? [] },
    ]
  },
})

export const jsonAnswer = wholeAnswer(
  '/healthz',
  'A small JSON answer through the whole stack costs at most twice a bare one',
)
export const discovery = wholeAnswer(
  '/.well-known/openid-configuration',
  'Discovery costs at most twice a bare answer of its size',
)
export const jwks = wholeAnswer('/oauth/jwks', 'The published keys cost at most twice a bare answer of their size')
