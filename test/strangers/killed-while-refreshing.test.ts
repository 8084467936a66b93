import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { startServer } from '../support/server.ts'
import { callback } from './code-flow.ts'
import { type Application, firstToken, openShared, refresh } from './two-servers.ts'

/**
 * Each costs the start of a server, and catches a refresh of every application. At every step of a refresh, 492 times, only
 * its connection dies, in `test/oidc/refresh/crash.test.ts`; the two together are the 500.
 */
const KILLS = 8
const FAMILIES = 4
/** Of an application that got no answer. A start takes many of it. */
const PATIENCE_MS = 50
const good = /^[\w-]{43}$/

it(`a server that is killed ${KILLS} times while ${FAMILIES} applications refresh: never two tokens that are good, and never a person thrown out`, async () => {
  // Longer than it takes to start anew, however busy this machine is.
  const { house, settings, postgres } = await openShared('tokens: { retryWindow: 5m }\n', { count: 1 })
  const application = await house.createClient('--name', 'Crash', '--redirect-uri', callback)
  const tokens = await Promise.all(Array.from({ length: FAMILIES }, () => firstToken(house, application)))
  const { home, port } = house.server
  const goodTokens = async () => {
    const found = await postgres.rows<{ live: number }>(
      `SELECT count(*)::integer AS live FROM oidc_artifacts
        WHERE kind = 'RefreshToken' AND consumed_at IS NULL GROUP BY grant_hash`,
      'hearthkey',
    )
    return found.map(({ live }) => live)
  }

  let server = house.server
  const work = new AbortController()
  const families = tokens.map((token) => goOn(() => server.url, application, token, work.signal))
  for (let kill = 0; kill < KILLS; kill++) {
    // Somewhere in the midst of a refresh: each takes some milliseconds, and once they are answered they never pause.
    await setTimeout(2 * PATIENCE_MS + ((kill * 37) % 100))
    const gone = once(server.child, 'exit')
    server.child.kill('SIGKILL')
    await gone
    expect({ kill, good: await goodTokens() }).toEqual({ kill, good: tokens.map(() => 1) })
    server = await startServer({ ...settings, PORT: String(port) }, home)
  }
  await setTimeout(100)
  work.abort()
  const ends = await Promise.all(families)
  for (const { last } of ends) expect(last).toMatch(good)
  expect(
    ends.reduce((sum, { lost }) => sum + lost, 0),
    'refreshes that nobody answered',
  ).toBeGreaterThanOrEqual(KILLS)
  expect(await goodTokens()).toEqual(tokens.map(() => 1))
}, 900_000)

/** An application that never lets go: what it gets no answer to it asks again, with the token that it has. */
async function goOn(at: () => string, application: Application, first: string, signal: AbortSignal) {
  let [last, lost] = [first, 0]
  while (!signal.aborted) {
    const answer = await refresh(at(), application, last).catch(() => undefined)
    if (answer === undefined || answer.startsWith('5')) {
      lost += 1
      await setTimeout(PATIENCE_MS)
    } else if (good.test(answer)) last = answer
    else throw new Error(`a person was thrown out: ${answer}`)
  }
  return { last, lost }
}
