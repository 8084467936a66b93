import type { Bench, Figure } from './support/figures.ts'
import { type House, openHouse, type Work, works } from './support/house.ts'
import { p99 } from './support/percentile.ts'

const ROUNDS = 5
const SMALL = 1000
const LARGE = 1_000_000
/** A round of each; a sign-in is slow by its password alone. */
const TIMES: Readonly<Record<Work, number>> = { 'sign-in': 200, refresh: 1000, 'session look-up': 1000 }

/** Two servers with everything of their own, asked in turn, request by request: what the machine does meanwhile, it does to both. */
export const lookUps: Bench = {
  promise: 'Nobody waits longer because there are a million others',
  async run(): Promise<Figure[]> {
    await using small = await openHouse(SMALL)
    await using large = await openHouse(LARGE)
    await round(small, large) // Both are warm before anything counts.
    const rounds: Awaited<ReturnType<typeof round>>[] = []
    for (let turn = 0; turn < ROUNDS; turn++) rounds.push(await round(small, large))
    const of = (work: Work) => [
      {
        name: `p99 of a ${work}, ${LARGE.toLocaleString('en-US')} users and sessions / ${SMALL.toLocaleString('en-US')}`,
        unit: '×',
        samples: rounds.map((each) => each[work].large / each[work].small),
        bound: { atMost: 1.3 },
      },
      { name: '  with few', unit: 'ms', samples: rounds.map((each) => each[work].small) },
      { name: '  with many', unit: 'ms', samples: rounds.map((each) => each[work].large) },
    ]
    return [
      ...works.flatMap(of),
      { name: '  to make them', unit: 's', samples: [large.secondsToFill] },
      { name: '  the database of the many', unit: 'MB', samples: [large.megabytes] },
    ]
  },
}

async function round(small: House, large: House): Promise<Record<Work, { small: number; large: number }>> {
  const measured = async (work: Work) => {
    const [few, many]: [number[], number[]] = [[], []]
    for (let turn = 0; turn < TIMES[work]; turn++) {
      few.push(await small.ask[work](turn))
      many.push(await large.ask[work](turn))
    }
    return { small: p99(few), large: p99(many) }
  }
  return {
    'sign-in': await measured('sign-in'),
    refresh: await measured('refresh'),
    'session look-up': await measured('session look-up'),
  }
}
