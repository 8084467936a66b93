import { setTimeout as pause } from 'node:timers/promises'
import { type Client, DatabaseError } from 'pg'
import { connect } from './support/database.ts'
import type { Bench, Figure } from './support/figures.ts'
import { randomBetween, temporaryHome } from './support/home.ts'
import { startServer } from './support/server.ts'

const ROUNDS = 50
const WRITERS = 4

const prepare = `
  CREATE SCHEMA IF NOT EXISTS bench;
  CREATE TABLE IF NOT EXISTS bench.row (id bigint PRIMARY KEY, filler text NOT NULL)`

const insert = "INSERT INTO bench.row (id, filler) VALUES ($1, repeat('x', 200))"

/** The database's word is taken at the moment it gives it; everything on the way is nobody's promise. */
async function writeUntilCut(client: Client, nextId: () => number, acknowledged: Set<string>): Promise<void> {
  for (;;) {
    const id = String(nextId())
    try {
      await client.query(insert, [id])
    } catch (error) {
      if (error instanceof DatabaseError && !error.code?.startsWith('57P')) throw error
      return
    }
    acknowledged.add(id)
  }
}

async function countLost(client: Client, acknowledged: ReadonlySet<string>): Promise<number> {
  const { rows } = await client.query<{ id: string }>('SELECT id::text FROM bench.row')
  const kept = new Set(rows.map(({ id }) => id))
  return [...acknowledged].filter((id) => !kept.has(id)).length
}

/** A kill loses no page that the kernel has; a power cut would, so what guards against that is looked at too. */
async function guardsOff(client: Client): Promise<number> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM pg_settings WHERE setting = 'off'
       AND name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums')`,
  )
  return rows.length
}

export const durability: Bench = {
  promise: `${ROUNDS} × kill -9 of server and database under insert load lose no acknowledged row`,
  async run(): Promise<Figure[]> {
    using home = temporaryHome()
    const acknowledged = new Set<string>()
    const [lost, off, back]: [number[], number[], number[]] = [[], [], []]
    let id = 0
    for (let round = 0; round <= ROUNDS; round++) {
      await using server = await startServer(home)
      if (round > 0) back.push(server.secondsToReady)
      const reader = await connect(home, 'hearthkey_owner')
      await reader.query(prepare)
      lost.push(await countLost(reader, acknowledged))
      off.push(await guardsOff(reader))
      await reader.end()
      if (round === ROUNDS) break
      const writers = await Promise.all(Array.from({ length: WRITERS }, () => connect(home, 'hearthkey_owner')))
      const writing = Promise.allSettled(writers.map((client) => writeUntilCut(client, () => ++id, acknowledged)))
      await pause(randomBetween(20, 400))
      await server.kill()
      const broken = (await writing).find((ended) => ended.status === 'rejected')
      if (broken) throw broken.reason
    }
    const most = [Math.max(...lost)]
    return [
      { name: 'acknowledged rows lost', unit: 'rows', samples: most, bound: { atMost: 0 } },
      {
        name: 'guards against a power cut that are off',
        unit: 'settings',
        samples: [Math.max(...off)],
        bound: { atMost: 0 },
      },
      {
        name: 'rows acknowledged before a kill',
        unit: 'rows',
        samples: [acknowledged.size],
        bound: { atLeast: ROUNDS },
      },
      { name: '  killed → ready again', unit: 's', samples: back },
    ]
  },
}
