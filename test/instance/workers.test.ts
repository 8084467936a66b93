import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runHearthkey, spawnHearthkey, startServer, temporaryHome } from '../support/server.ts'

interface Jwks {
  readonly keys: { readonly kid: string }[]
}

const SOON = { timeout: 10_000 }

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

  it.each(['SIGKILL', 'SIGTERM'] as const)('are replaced when one of them ends by %s', async (signal) => {
    const server = await startServer({ WORKERS: '2' })
    await expect.poll(() => pidsOf(server.output()), SOON).toHaveLength(2)
    const [victim = 0] = pidsOf(server.output())
    process.kill(victim, signal)
    await expect.poll(() => pidsOf(server.output()), SOON).toHaveLength(3)
    expect(server.output()).toMatch(new RegExp(`"pid":${victim},"exitCode":(null|0),.*"a worker died`))
    for (let i = 0; i < 4; i++)
      expect((await fetch(`${server.url}/readyz`, { headers: { connection: 'close' } })).status).toBe(200)
    expect(await server.stop()).toBe(0)
  })

  it.runIf(process.platform === 'linux')('end the start, with a reason, when one dies before it serves', async () => {
    const home = await temporaryHome()
    const { child, output } = spawnHearthkey(home, ['serve'], { WORKERS: '3' })
    const exited = once(child, 'close')
    await expect.poll(() => workersOf(child.pid), { ...SOON, interval: 5 }).toHaveLength(3)
    const [victim = 0, ...others] = workersOf(child.pid)
    process.kill(victim, 'SIGKILL')
    expect(await exited).toEqual([70, null])
    expect(output()).toContain('(workers-failed)')
    expect(output()).not.toContain('Hearthkey is ready')
    expect(others.filter(isAlive)).toEqual([])
    expect(await readdir(join(home, 'data/postgres'))).not.toContain('postmaster.pid')
  })
})

/** The children that run our program: PostgreSQL is a child too. */
const workersOf = (parent = 0): number[] =>
  readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8')
    .split(' ')
    .flatMap((pid) => (/main\.js/.test(commandLine(pid)) ? [Number(pid)] : []))

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`)
