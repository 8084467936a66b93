import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { hearthkey } from './support/command.ts'
import type { Bench, Figure } from './support/figures.ts'
import { temporaryHome, withoutRefusals } from './support/home.ts'
import { interleave } from './support/interleave.ts'
import { generateLoad } from './support/load.ts'
import { createApplication, createPeople } from './support/people.ts'
import { megabytes } from './support/processes.ts'
import { startServer } from './support/server.ts'
import { generateSignIns, type SignInOrder } from './support/sign-in-load.ts'

const ROUNDS = 5
const SECONDS = 5
const created = z.object({ clientId: z.string(), clientSecret: z.string() })

export const storm: Bench = {
  promise: 'While many people sign in, programs get their tokens as before, and the excess is told so at once',
  async run(): Promise<Figure[]> {
    using home = temporaryHome()
    withoutRefusals(home)
    await using server = await startServer(home, { env: { LOG_LEVEL: 'info' } })
    const application = await createApplication(home)
    const people = await createPeople(home, 16)
    const program = ['client', 'create', '--name', 'Program', '--grant', 'client_credentials']
    const { clientId, clientSecret } = created.parse(await hearthkey(home, program))

    const order = (visitors: number, seconds: number): SignInOrder => ({
      origin: server.origin,
      host: server.host,
      application,
      people,
      visitors,
      seconds,
    })
    const [waiting, turnedAway, done]: [number[], number[], number[]] = [[], [], []]
    const served: Record<'calm' | 'storm', number[]> = { calm: [], storm: [] }
    const tokens = async (when: keyof typeof served) => {
      const report = await generateLoad({
        url: `${server.origin}/oauth/token`,
        connections: 1,
        requests: 10_000,
        seconds: SECONDS,
        pauseMs: 5,
        form: 'grant_type=client_credentials',
        headers: { host: server.host, authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
      })
      served[when].push(report.servedP99)
      return report.p99
    }
    const inStorm = async () => {
      const signIns = generateSignIns(order(64, SECONDS + 3), { yields: true })
      await pause(1500) // Until all of them wait.
      const p99 = await tokens('storm')
      const { underWay, refused, completed } = await signIns
      waiting.push(underWay)
      turnedAway.push(refused)
      done.push(completed)
      return p99
    }
    const contenders = { calm: () => tokens('calm'), storm: inStorm }
    await interleave(1, contenders)
    for (const warm of [waiting, turnedAway, done, served.calm, served.storm]) warm.splice(0)
    const measured = await interleave(ROUNDS, contenders)
    const ratiosOf = ({ calm, storm }: Record<'calm' | 'storm', readonly number[]>) =>
      storm.map((each, round) => each / (calm[round] ?? Number.NaN))

    const before = megabytes(server.nodeProcesses())
    // Of the four hundred, eight are watched: in a process that has its turn when an answer is there for it.
    const flood = generateSignIns(order(392, SECONDS + 3), { yields: true })
    const watch = generateSignIns(order(8, SECONDS + 3))
    const peaks: number[] = []
    for (let reading = 0; reading < SECONDS * 2; reading++) {
      await pause(500)
      peaks.push(megabytes(server.nodeProcesses()))
    }
    const [flooded, watched] = await Promise.all([flood, watch])
    return [
      {
        name: 'p99 of the token endpoint, 64 sign-ins waiting / none',
        unit: '×',
        samples: ratiosOf(measured),
        bound: { atMost: 1.5 },
      },
      { name: '  p99 with none', unit: 'ms', samples: measured.calm },
      { name: '  p99 with 64 waiting', unit: 'ms', samples: measured.storm },
      { name: '  the same ratio, less what who asks waited for a processor', unit: '×', samples: ratiosOf(served) },
      { name: '  less that, p99 with none', unit: 'ms', samples: served.calm },
      { name: '  less that, p99 with 64 waiting', unit: 'ms', samples: served.storm },
      {
        name: '  requests of the 64 under way at the median moment',
        unit: '',
        samples: waiting,
        bound: { atLeast: 62 },
      },
      { name: '  of theirs, completed', unit: 'sign-ins', samples: done },
      { name: '  of theirs, refused', unit: 'sign-ins', samples: turnedAway },
      {
        name: 'p99 of a refusal, 400 sign-ins at once',
        unit: 'ms',
        samples: [watched.refusalP99],
        bound: { atMost: 200 },
      },
      { name: '  with the wait for a processor of the visitors themselves', unit: 'ms', samples: [flooded.refusalP99] },
      { name: '  refused', unit: 'sign-ins', samples: [flooded.refused + watched.refused] },
      { name: '  completed meanwhile', unit: 'sign-ins', samples: [flooded.completed + watched.completed] },
      {
        name: 'memory of Node and its child at most, above before',
        unit: 'MB',
        samples: [Math.max(...peaks) - before],
        bound: { atMost: 120 },
      },
    ]
  },
}
