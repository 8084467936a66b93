import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Bench, Figure } from './support/figures.ts'
import { temporaryHome } from './support/home.ts'
import { megabytes } from './support/processes.ts'
import { type Server, startServer } from './support/server.ts'

const ROUNDS = 3
const STEADY_READINGS = 6

/** Idle is what it comes to rest at: several readings in a row, half a second apart, within a per cent. */
async function untilItRests(server: Server): Promise<void> {
  const readings: number[] = []
  for (let reading = 0; reading < 60; reading++) {
    readings.push(megabytes(server.processes()))
    const last = readings.slice(-STEADY_READINGS)
    if (last.length === STEADY_READINGS && Math.max(...last) < Math.min(...last) * 1.01) return
    await pause(500)
  }
}

export const memory: Bench = {
  promise: 'Idle, Node and the embedded PostgreSQL together are small',
  async run(): Promise<Figure[]> {
    const [all, node, database]: [number[], number[], number[]] = [[], [], []]
    using home = temporaryHome()
    // This bench runs on the same program file, and shared pages would count half for each: the server gets a copy.
    const copy = join(home.folder, 'node')
    copyFileSync(process.execPath, copy)
    for (let round = 0; round < ROUNDS; round++) {
      await using server = await startServer(home, { node: copy })
      for (const path of ['/healthz', '/oauth/jwks']) await (await fetch(`${server.origin}${path}`)).bytes()
      await untilItRests(server)
      const ofNode = server.nodeProcesses()
      const rest = server.processes().filter((pid) => !ofNode.includes(pid))
      if (rest.length === 0) throw new Error('no PostgreSQL was found under the data directory')
      node.push(megabytes(ofNode))
      database.push(megabytes(rest))
      all.push(megabytes([...ofNode, ...rest]))
    }
    return [
      { name: 'Node and PostgreSQL, idle (PSS)', unit: 'MB', samples: all, bound: { atMost: 170 } },
      { name: '  Node', unit: 'MB', samples: node },
      { name: '  PostgreSQL', unit: 'MB', samples: database },
    ]
  },
}
