import { Agent, request } from 'node:http'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it, onTestFinished } from 'vitest'
import { arranging, openHouse } from './support.ts'

const REQUESTS = 400
/** Bytes of each request. */
const MOST = 6000
const QUICKLY = { type: 'minor' }

it('[MON-1] what is over is let go: a quick collection frees all that a request for a token had', async () => {
  setFlagsFromString('--expose-gc')
  const collect: (options: typeof QUICKLY) => void = runInNewContext('gc')
  const house = await openHouse()
  const made = await house.oidc.clients.create(arranging, { name: 'Nightly', type: 'service', redirectUris: [] })
  if (!made.ok) throw new Error(made.error.reason)
  const authorization = `Basic ${btoa(`${made.value.client.id}:${made.value.secret?.reveal()}`)}`
  // Not by fetch: what that keeps of a request would be counted, too.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' }
  const ask = () =>
    new Promise<number | undefined>((resolve, reject) => {
      const asking = request(`${house.issuer}/oauth/token`, { method: 'POST', agent, headers }, (answer) => {
        answer.resume().once('end', () => resolve(answer.statusCode))
      })
      asking.once('error', reject).end('grant_type=client_credentials')
    })
  const kept = async () => {
    const before = oldBytes()
    for (let done = 1; done <= REQUESTS; done++) {
      expect(await ask()).toBe(200)
      // What lives through two of them counts as old.
      if (done % 20 === 0) for (let time = 0; time < 2; time++) collect(QUICKLY)
    }
    return (oldBytes() - before) / REQUESTS
  }
  await kept()
  // What other files of this worker left to be done may fall into one time; what a request keeps is kept each time.
  let least = Number.POSITIVE_INFINITY
  for (let time = 0; time < 4 && least >= MOST; time++) least = Math.min(least, await kept())
  expect(least).toBeLessThan(MOST)
})

const oldBytes = () =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')?.space_used_size ?? Number.NaN
