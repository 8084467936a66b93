import { measureAnswers, startBareServer } from './machine/answers.ts'
import type { Bench, Figure } from './support/figures.ts'
import { temporaryHome } from './support/home.ts'
import { interleave } from './support/interleave.ts'
import { startServer } from './support/server.ts'

const ROUNDS = 7

export const jsonAnswer: Bench = {
  promise: 'A small JSON answer through the whole stack costs at most twice a bare one',
  async run(): Promise<Figure[]> {
    using home = temporaryHome()
    await using server = await startServer(home, { env: { LOG_LEVEL: 'info' } })
    const url = `${server.origin}/healthz`
    await using bare = await startBareServer(await (await fetch(url)).text())

    const [bareTimes, wholeTimes]: number[][] = [[], []]
    const contenders = {
      bare: async () => {
        const measured = await measureAnswers(bare.url, () => [bare.pid])
        bareTimes?.push(measured.p99)
        return measured.answersPerCpuSecond
      },
      whole: async () => {
        const measured = await measureAnswers(url, server.nodeProcesses)
        wholeTimes?.push(measured.p99)
        return measured.answersPerCpuSecond
      },
    }
    await interleave(1, contenders) // Both compilers are warm before anything counts.
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
}
