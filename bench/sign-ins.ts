import { startVerifyingChild } from './machine/verifies-in-child.ts'
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

/**
 * The visitors are a process of their own and no part of the server, so their CPU counts for nobody; but they take it from
 * the same processors, so the rate by the clock is of a machine that does both, while Argon2id has it for itself.
 */
export const signIns: Bench = {
  promise: 'A sign-in costs little more than its password',
  async run(): Promise<Figure[]> {
    using home = temporaryHome()
    withoutRefusals(home)
    await using server = await startServer(home, { env: { LOG_LEVEL: 'info' } })
    await using argon2 = await startVerifyingChild()
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

    const parts = () => {
      const database = databaseProcesses(home)
      const child = server.nodeProcesses().filter((pid) => pid !== server.pid)
      return { node: cpuSeconds([server.pid]), child: cpuSeconds(child), database: cpuSeconds(database) }
    }
    const cost: Record<keyof ReturnType<typeof parts>, number[]> = { node: [], child: [], database: [] }
    const [verifiesWall, wall, p99]: [number[], number[], number[]] = [[], [], []]
    const contenders = {
      verifies: async () => {
        const { perCpuSecond, perSecond } = await argon2.measure()
        verifiesWall.push(perSecond)
        return perCpuSecond
      },
      signIns: async () => {
        const before = parts()
        const report = await generateSignIns(order)
        const after = parts()
        const spent = (part: keyof typeof cost) => (after[part] - before[part]) / report.completed
        for (const part of ['node', 'child', 'database'] as const) cost[part].push(spent(part) * 1000)
        wall.push(report.completed / report.seconds)
        p99.push(report.p99)
        return 1 / (spent('node') + spent('child') + spent('database'))
      },
    }
    await interleave(1, contenders)
    for (const warm of [...Object.values(cost), verifiesWall, wall, p99]) warm.splice(0)
    const measured = await interleave(ROUNDS, contenders)
    const shares = (some: readonly number[], all: readonly number[]) =>
      some.map((each, round) => each / (all[round] ?? Number.NaN))
    const perCpu = shares(measured.signIns, measured.verifies)
    return [
      { name: 'sign-ins / Argon2id verifies', unit: 'per CPU s', samples: perCpu, bound: { atLeast: 0.7 } },
      { name: '  the same by the clock, visitors included', unit: '', samples: shares(wall, verifiesWall) },
      { name: '  complete code-flow sign-ins', unit: '/CPU s', samples: measured.signIns },
      {
        name: '  Argon2id verifies (19 MiB, t=2), as the server does them',
        unit: '/CPU s',
        samples: measured.verifies,
      },
      { name: '  Node, a sign-in', unit: 'CPU ms', samples: cost.node },
      { name: '  its child for Argon2id, a sign-in', unit: 'CPU ms', samples: cost.child },
      { name: '  PostgreSQL, a sign-in', unit: 'CPU ms', samples: cost.database },
      { name: '  sign-ins, wall', unit: '/s', samples: wall },
      { name: '  Argon2id verifies, wall', unit: '/s', samples: verifiesWall },
      { name: '  p99 of a whole sign-in, wall', unit: 'ms', samples: p99 },
    ]
  },
}
