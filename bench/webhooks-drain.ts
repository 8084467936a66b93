import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { hearthkey } from './support/command.ts'
import { connect, copyRow, idFor } from './support/database.ts'
import type { Bench, Figure } from './support/figures.ts'
import { type Home, temporaryHome } from './support/home.ts'
import { until } from './support/processes.ts'
import { startServer } from './support/server.ts'

const EVENTS = 2_500
const ENDPOINTS = 4
const DELIVERIES = EVENTS * ENDPOINTS
const KILLS = 10
/** Longer than a silent worker is believed to live, and the pause after it. */
const PATIENCE_SECONDS = 300

/** Somebody's back end on loopback, that counts what it is told, by the id of each message. */
async function receiver() {
  const seen = new Map<string, number>()
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => {
      const key = `${request.url} ${request.headers['webhook-id']}`
      seen.set(key, (seen.get(key) ?? 0) + 1)
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address !== 'object') throw new Error('the receiver has no port')
  return {
    port: address.port,
    distinct: () => seen.size,
    repeats: () => [...seen.values()].reduce((sum, times) => sum + times - 1, 0),
    [Symbol.dispose]: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

function allowLoopback(home: Home): void {
  for (const folder of [home.folder, join(home.folder, 'work')])
    writeFileSync(join(folder, 'hearthkey.yaml'), 'webhooks: { allow: [127.0.0.0/8] }\n')
}

/** As many events as there would be after some days, committed at once: the server finds them and tells of them. */
async function happen(home: Home): Promise<void> {
  const client = await connect(home, 'hearthkey_super')
  await copyRow(client, {
    table: 'events',
    like: 'action = $1',
    values: ['webhook.created'],
    but: { id: idFor('drained'), action: "'organisation.updated'", xid: 'pg_current_xact_id()' },
    from: 1,
    to: EVENTS,
  })
  await client.end()
}

async function delivered(home: Home): Promise<number> {
  const client = await connect(home, 'hearthkey_super')
  const { rows } = await client.query<{ many: number }>(
    "SELECT count(*)::int AS many FROM webhook_deliveries WHERE state = 'delivered'",
  )
  await client.end()
  return rows[0]?.many ?? 0
}

export const webhooksDrain: Bench = {
  promise: `${DELIVERIES} webhooks are delivered, none is lost though the server is killed ${KILLS} times meanwhile`,
  async run(): Promise<Figure[]> {
    using home = temporaryHome()
    using backEnd = await receiver()
    allowLoopback(home)
    let server = await startServer(home)
    const stopAtEnd = async () => server[Symbol.asyncDispose]()
    try {
      for (let n = 1; n <= ENDPOINTS; n++)
        await hearthkey(home, [
          'webhook',
          'add',
          ...['--name', `back end ${n}`],
          ...['--url', `http://127.0.0.1:${backEnd.port}/${n}`],
          ...['--event', 'organisation.updated'],
        ])
      const began = performance.now()
      await happen(home)
      const kills: number[] = []
      for (let kill = 1; kill <= KILLS; kill++) {
        const enough = Math.floor((DELIVERIES * kill) / (KILLS + 1))
        await until(`${enough} of them`, PATIENCE_SECONDS, () => (backEnd.distinct() >= enough ? true : undefined))
        await server.kill()
        kills.push(backEnd.distinct())
        server = await startServer(home)
      }
      await until('all of them', PATIENCE_SECONDS, async () =>
        (await delivered(home)) >= DELIVERIES ? true : undefined,
      ).catch(() => undefined)
      const seconds = (performance.now() - began) / 1000
      return [
        { name: 'deliveries lost', unit: 'messages', samples: [DELIVERIES - backEnd.distinct()], bound: { atMost: 0 } },
        {
          name: 'deliveries that are not marked as delivered',
          unit: 'messages',
          samples: [DELIVERIES - (await delivered(home))],
          bound: { atMost: 0 },
        },
        {
          name: 'kills in the middle',
          unit: 'kills',
          samples: [kills.filter((at) => at < DELIVERIES).length],
          bound: { atLeast: KILLS },
        },
        { name: '  sent more than once, with the same id', unit: 'messages', samples: [backEnd.repeats()] },
        { name: '  first event → last delivery, restarts included', unit: 's', samples: [seconds] },
      ]
    } finally {
      await stopAtEnd()
    }
  },
}
