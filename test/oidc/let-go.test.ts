import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { freePort } from '../support/free-port.ts'
import { runHearthkey, startServer, temporaryHome } from '../support/server.ts'
import { settle } from '../support/settled-home.ts'

const REQUESTS = 120
/** Bytes of each request. */
const MOST = 6000
const collecting = join(import.meta.dirname, 'let-go-child.ts')
const created = z.object({ clientId: z.string(), clientSecret: z.string() })

// In the heap of a server alone: what other tests left to be collected would be counted, too.
it('[MON-1] what is over is let go: a quick collection frees all that a request for a token had', async () => {
  const home = await temporaryHome()
  await settle(home)
  const [port, collectsAt] = [await freePort(), join(home, 'collects')]
  const issuer = `http://localhost:${port}`
  const NODE_OPTIONS = `--expose-gc --import=${collecting}`
  await startServer({ PORT: String(port), ISSUER_URL: issuer, NODE_OPTIONS, COLLECTS_AT: collectsAt }, home)
  const making = ['client', 'create', '--name', 'Nightly', '--grant', 'client_credentials', '--json']
  const { clientId, clientSecret } = created.parse(JSON.parse((await runHearthkey(home, making)).output))

  // Not by fetch: one connection, so that there is one request at a time.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  const headers = {
    host: `localhost:${port}`,
    authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}`,
    'content-type': 'application/x-www-form-urlencoded',
  }
  const ask = () =>
    new Promise<number | undefined>((resolve, reject) => {
      const asking = request(`http://127.0.0.1:${port}/oauth/token`, { method: 'POST', agent, headers }, (answer) => {
        answer.resume().once('end', () => resolve(answer.statusCode))
      })
      asking.once('error', reject).end('grant_type=client_credentials')
    })
  const oldBytes = async () => Number(await text(connect(collectsAt)))
  const kept = async () => {
    const before = await oldBytes()
    for (let done = 1; done <= REQUESTS; done++) {
      expect(await ask()).toBe(200)
      if (done % 20 === 0) await oldBytes()
    }
    return ((await oldBytes()) - before) / REQUESTS
  }
  await kept()
  // What the server does besides may fall into one time; what a request keeps is kept each time.
  const times = [await kept(), await kept(), await kept()]
  expect(Math.min(...times)).toBeLessThan(MOST)
})
