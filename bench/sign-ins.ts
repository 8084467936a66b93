import { argon2idVerifies } from './machine/verifies.ts'
import type { Bench, Figure } from './support/figures.ts'
import { temporaryHome, withoutRefusals } from './support/home.ts'
import { interleave } from './support/interleave.ts'
import { createApplication, createPeople } from './support/people.ts'
import { databaseProcesses } from './support/postmaster.ts'
import { cpuSeconds } from './support/processes.ts'
import { startServer } from './support/server.ts'
import { generateSignIns } from './support/sign-in-load.ts'

const ROUNDS = 5
const VISITORS = 4
const SECONDS = 8

export const signIns: Bench = {
  promise: 'A sign-in costs little more than its password',
  async run(): Promise<Figure[]> {
    using home = temporaryHome()
    withoutRefusals(home)
    await using server = await startServer(home, { env: { LOG_LEVEL: 'info' } })
    const application = await createApplication(home)
    const people = await createPeople(home, 16)
    const order = {
      origin: server.origin,
      host: server.host,
      application,
      people,
      visitors: VISITORS,
      seconds: SECONDS,
    }

    const [database, node, wall, p99]: [number[], number[], number[], number[]] = [[], [], [], []]
    const contenders = {
      verifies: argon2idVerifies,
      signIns: async () => {
        const [all, ofDatabase] = [server.processes(), databaseProcesses(home)]
        const before = { all: cpuSeconds(all), database: cpuSeconds(ofDatabase) }
        const report = await generateSignIns(order)
        const spent = cpuSeconds(server.processes()) - before.all
        const inDatabase = cpuSeconds(databaseProcesses(home)) - before.database
        database.push((inDatabase / report.completed) * 1000)
        node.push(((spent - inDatabase) / report.completed) * 1000)
        wall.push(report.completed / report.seconds)
        p99.push(report.p99)
        return report.completed / spent
      },
    }
    await interleave(1, contenders)
    for (const warm of [database, node, wall, p99]) warm.splice(0)
    const measured = await interleave(ROUNDS, contenders)
    const ratios = measured.signIns.map((each, round) => each / (measured.verifies[round] ?? Number.NaN))
    return [
      { name: 'sign-ins / Argon2id verifies', unit: 'per CPU s', samples: ratios, bound: { atLeast: 0.7 } },
      { name: '  complete code-flow sign-ins', unit: '/CPU s', samples: measured.signIns },
      { name: '  Argon2id verifies (19 MiB, t=2)', unit: '/CPU s', samples: measured.verifies },
      { name: '  Node and its child, a sign-in', unit: 'CPU ms', samples: node },
      { name: '  PostgreSQL, a sign-in', unit: 'CPU ms', samples: database },
      { name: '  sign-ins, wall', unit: '/s', samples: wall },
      { name: '  p99 of a whole sign-in, wall', unit: 'ms', samples: p99 },
    ]
  },
}
