import { setTimeout as delay } from 'node:timers/promises'
import { createLog } from '../src/lib/log.ts'
import { type AppendHouse, appendHouse } from './support/append-house.ts'
import type { Bench, Figure } from './support/figures.ts'
import { temporaryHome } from './support/home.ts'
import { interleave } from './support/interleave.ts'

const ROUNDS = 7
const WINDOW_MS = 3_000
const WARM_UP_MS = 1_000
const writers = [1, 16] as const

/**
 * What the log costs whoever writes it, while it is being chained beside them in the same process: against rows of the same size
 * in a table that has the same columns and nothing but a primary key, each written in a transaction of its own.
 */
export const auditAppends: Bench = {
  promise:
    'The audit log is no bottleneck: events are written at 70 % of the rate of plain rows, and chained within a second',
  async run(): Promise<Figure[]> {
    using home = temporaryHome()
    await using house = await appendHouse(home, createLog('error', process.stderr))
    const figures: Figure[] = []
    for (const count of writers) figures.push(...(await measured(house, count)))
    return figures
  },
}

async function measured(house: AppendHouse, count: number): Promise<Figure[]> {
  const behind: number[] = []
  const rate = (write: () => Promise<unknown>) => async () => {
    await perSecond(write, count, WARM_UP_MS)
    const found = await perSecond(write, count, WINDOW_MS)
    const ended = performance.now()
    // Whoever comes next must not pay for what is still to be chained.
    while (await house.isBehind()) await delay(5)
    behind.push((performance.now() - ended) / 1000)
    return found
  }
  const rates = await interleave(ROUNDS, {
    events: rate(house.writeEvent),
    plain: rate(() => house.writeRow('plain_rows')),
    indexed: rate(() => house.writeRow('indexed_rows')),
  })
  const afterEvents = behind.filter((_, turn) => turn % 3 === 0)
  const share = (of: readonly number[]) => rates.events.map((events, round) => events / (of[round] ?? Number.NaN))
  const by = count === 1 ? '1 writer' : `${count} writers`
  return [
    { name: `events / plain rows, ${by}`, unit: '', samples: share(rates.plain), bound: { atLeast: 0.7 } },
    { name: '  against rows with the same indexes', unit: '', samples: share(rates.indexed) },
    { name: '  events', unit: 'per s', samples: rates.events },
    { name: '  plain rows', unit: 'per s', samples: rates.plain },
    { name: '  rows with the same indexes', unit: 'per s', samples: rates.indexed },
    { name: '  chained behind the last event', unit: 's', samples: afterEvents, bound: { atMost: 1 } },
  ]
}

async function perSecond(write: () => Promise<unknown>, count: number, windowMs: number): Promise<number> {
  const began = performance.now()
  const end = began + windowMs
  let written = 0
  const writer = async () => {
    while (performance.now() < end) {
      await write()
      written++
    }
  }
  await Promise.all(Array.from({ length: count }, writer))
  return (written * 1000) / (performance.now() - began)
}
