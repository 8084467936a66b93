import { describe, expect, it } from 'vitest'
import { runHearthkey, startServer } from '../support/server.ts'

interface Jwks {
  readonly keys: { readonly kid: string }[]
}

/** One connection each, so that the cluster hands the requests to its workers in turn. */
const published = async (url: string): Promise<string[]> => {
  const answer = await fetch(`${url}/oauth/jwks`, { headers: { connection: 'close' } })
  return ((await answer.json()) as Jwks).keys.map(({ kid }) => kid).sort()
}

const pidsOf = (output: string) =>
  [...output.matchAll(/"pid":(\d+)[^\n]*a worker serves/g)].map(([, pid]) => Number(pid))

describe('several workers', () => {
  it('share one address, hear of a rotation without a restart, and stop together', async () => {
    const server = await startServer({ WORKERS: '3' })
    const before = await published(server.url)
    expect((await runHearthkey(server.home, ['key', 'rotate', '--force'])).exit).toBe(0)
    await expect
      .poll(
        async () => {
          const answers = await Promise.all(Array.from({ length: 12 }, () => published(server.url)))
          return new Set(answers.map(String)).size === 1 && answers[0]?.length === before.length + 1
        },
        { timeout: 3_000 },
      )
      .toBe(true)
    expect(await server.stop()).toBe(0)
  })

  it('are replaced when they die', async () => {
    const server = await startServer({ WORKERS: '2' })
    const [victim] = pidsOf(server.output())
    if (victim === undefined) throw new Error('no worker told its pid')
    process.kill(victim, 'SIGKILL')
    await expect.poll(() => pidsOf(server.output()).length, { timeout: 8_000 }).toBe(3)
    for (let i = 0; i < 4; i++)
      expect((await fetch(`${server.url}/readyz`, { headers: { connection: 'close' } })).status).toBe(200)
    expect(await server.stop()).toBe(0)
  })
})
