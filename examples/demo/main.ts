// `npm run demo`: a relying party to sign in to, beside a Hearthkey that `npm start` runs.
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { serve } from '@hono/node-server'
import { z } from 'zod'
import { createDemo } from './app.ts'
import { runningIssuer } from './hearthkey.ts'
import { NAME } from './pages.ts'
import { Problem } from './problem.ts'
import { registered } from './registration.ts'

const HOST = '127.0.0.1'
const PORTS = [4000, 4001, 4002, 4003, 4004]

const settings = z.object({
  DEMO_PORT: z.coerce.number().int().positive().max(65_535).optional(),
  DEMO_CLIENT_FILE: z.string().default(fileURLToPath(import.meta.resolve('./.client.json'))),
})

const originAt = (port: number) => `http://${HOST}:${port}`

async function main(): Promise<void> {
  const { DEMO_PORT, DEMO_CLIENT_FILE: file } = settings.parse(process.env)
  const issuer = await runningIssuer()
  const ports = DEMO_PORT === undefined ? PORTS : [DEMO_PORT]
  const port = await firstFree(ports)
  const origin = originAt(port)
  const relyingParty = await registered({ issuer, name: NAME, origin, origins: ports.map(originAt), file })
  const demo = createDemo({ relyingParty, trust: { issuer, audience: issuer }, origin })
  const server = serve({ fetch: demo.fetch, hostname: HOST, port }, () =>
    process.stdout.write(`The demo is ready. Open ${origin} and sign in with Hearthkey.\n`),
  )
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      server.close()
      if ('closeAllConnections' in server) server.closeAllConnections()
    })
}

async function firstFree(ports: readonly number[]): Promise<number> {
  for (const port of ports) if (await isFree(port)) return port
  throw new Problem(
    `${ports.length === 1 ? `Port ${ports[0]} is` : `The ports ${ports.join(', ')} are`} taken.`,
    'Stop what runs there, or give another: DEMO_PORT=4100 npm run demo',
  )
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, HOST, () => probe.close(() => resolve(true)))
  })

try {
  await main()
} catch (error) {
  if (!(error instanceof Problem)) throw error
  process.stderr.write(`demo: ${error.message}\n→ ${error.cure}\n`)
  process.exitCode = 1
}
