import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type RunningServer, runHearthkey, spawnHearthkey, startServer, temporaryHome } from '../support/server.ts'
import { settle } from '../support/settled-home.ts'
import { withTheFile } from '../support/when-over.ts'

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

const whenOver = withTheFile()

describe('several workers', () => {
  let server: RunningServer
  beforeAll(async () => {
    server = await startServer({ WORKERS: '3' }, undefined, whenOver)
    await eventually(() => pidsOf(server.output()).length === 3 || undefined)
  })

  it('share one address, and hear of a rotation without a restart', async () => {
    const before = await published(server.url)
    expect((await runHearthkey(server.home, ['key', 'rotate', '--force', '--yes'])).exit).toBe(0)
    await expect
      .poll(async () => {
        const answers = await Promise.all(Array.from({ length: 12 }, () => published(server.url)))
        return new Set(answers.map(String)).size === 1 && answers[0]?.length === before.length + 1
      })
      .toBe(true)
  })

  it.each(['SIGKILL', 'SIGTERM'] as const)('are replaced when one of them ends by %s', async (signal) => {
    const before = pidsOf(server.output())
    const victim = before.at(-1) ?? 0
    process.kill(victim, signal)
    await expect.poll(() => pidsOf(server.output())).toHaveLength(before.length + 1)
    expect(server.output()).toMatch(new RegExp(`"pid":${victim},"exitCode":(null|0),.*"a worker died`))
    for (let i = 0; i < 4; i++)
      expect((await fetch(`${server.url}/readyz`, { headers: { connection: 'close' } })).status).toBe(200)
  })

  it('stop together', async () => {
    const serving = workersOf(server.child.pid)
    expect(serving).toHaveLength(3)
    expect(await server.stop()).toBe(0)
    expect(serving.filter(isAlive)).toEqual([])
  })

  it.runIf(process.platform === 'linux')('end the start, with a reason, when one dies before it serves', async () => {
    const home = await temporaryHome()
    await settle(home)
    const { child, output } = spawnHearthkey(home, ['serve'], { WORKERS: '3' })
    const exited = once(child, 'close')
    await expect.poll(() => workersOf(child.pid), { interval: 5 }).toHaveLength(3)
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
