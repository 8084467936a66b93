import { startBareServer } from './machine/answers.ts'
import type { Bench, Figure } from './support/figures.ts'
import { type Home, temporaryHome } from './support/home.ts'
import { cpuSeconds } from './support/processes.ts'
import { startServer } from './support/server.ts'

const FIRST_ROUNDS = 3
const LATER_ROUNDS = 3

async function timeOneStart(home: Home): Promise<{ wall: number; cpu: number }> {
  await using server = await startServer(home)
  return { wall: server.secondsToReady, cpu: cpuSeconds(server.nodeProcesses()) }
}

/** What no Node server can be faster than, in the same minute on the same machine. */
async function timeBareStart(): Promise<number> {
  const started = performance.now()
  await using bare = await startBareServer('{}')
  await (await fetch(bare.url)).bytes()
  return (performance.now() - started) / 1000
}

export const start: Bench = {
  promise: 'A start is over before anybody notices',
  async run(): Promise<Figure[]> {
    const [first, later, cpu, bare]: [number[], number[], number[], number[]] = [[], [], [], []]
    for (let round = 0; round < FIRST_ROUNDS; round++) {
      using home = temporaryHome()
      first.push((await timeOneStart(home)).wall)
      for (let again = 0; again < LATER_ROUNDS; again++) {
        bare.push(await timeBareStart())
        const timed = await timeOneStart(home)
        later.push(timed.wall)
        cpu.push(timed.cpu)
      }
    }
    return [
      { name: 'first start ever → ready', unit: 's', samples: first, bound: { atMost: 3 } },
      { name: 'start on an existing database → ready', unit: 's', samples: later, bound: { atMost: 0.6 } },
      { name: '  CPU that Node takes for it', unit: 's', samples: cpu },
      { name: '  bare node:http, start → first answer', unit: 's', samples: bare },
    ]
  },
}
