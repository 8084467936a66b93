import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { findEmbedded, startEmbedded } from '../../src/db/embedded.ts'
import { eventually } from '../support/eventually.ts'
import { captureLog } from '../support/log.ts'
import {
  dataDirectory,
  isRoot,
  killHard,
  postmasterPid,
  processesIn,
  query,
  seedDirectory,
  spawnServer,
} from './embedded-support.ts'

let seed: Awaited<ReturnType<typeof seedDirectory>>
beforeAll(async () => {
  seed = await seedDirectory()
})

const start = (dataDir: string, log = captureLog().log) => startEmbedded({ dataDir, log })

/** A Hearthkey that was killed: its PostgreSQL lives on, with one acknowledged row. */
async function orphaned(dataDir = seed.copy()): Promise<{ dataDir: string; pid: number }> {
  const parent = spawnServer(dataDir)
  const { socketDir } = await parent.ready
  await query(socketDir, 'CREATE TABLE kept AS SELECT 1 AS acknowledged')
  await parent.kill()
  return { dataDir, pid: postmasterPid(dataDir) }
}

const kept = (socketDir: string) => query(socketDir, 'SELECT acknowledged FROM kept')

describe('a killed Hearthkey', () => {
  it('leaves a PostgreSQL that the next start adopts, with everything acknowledged, and really stops', async () => {
    const { dataDir, pid } = await orphaned()
    const next = await start(dataDir)
    expect(next.adopted).toBe(true)
    expect(postmasterPid(dataDir)).toBe(pid)
    expect(await kept(next.socketDir)).toEqual([{ acknowledged: 1 }])
    await next.stop()
    expect(processesIn(dataDir)).toEqual([])
    const third = await start(dataDir)
    expect(third.adopted).toBe(false)
    expect(await kept(third.socketDir)).toEqual([{ acknowledged: 1 }])
    await third.stop()
  })

  it('is replaced, not adopted, where its PostgreSQL runs with other settings', async () => {
    const { dataDir, pid } = await orphaned()
    const next = await startEmbedded({ dataDir, log: captureLog().log, settings: { work_mem: '5MB' } })
    onTestFinished(() => next.stop())
    expect(next.adopted).toBe(false)
    expect(postmasterPid(dataDir)).not.toBe(pid)
    expect(await query(next.socketDir, 'SHOW work_mem')).toEqual([{ work_mem: '5MB' }])
    expect(await kept(next.socketDir)).toEqual([{ acknowledged: 1 }])
  })

  it('is survived by a command beside it, which finds the orphan', async () => {
    const { dataDir } = await orphaned()
    expect(await findEmbedded(dataDir)).toEqual({ socketDir: join(dataDir, 'postgres') })
  })

  it('and a killed PostgreSQL: the next start recovers every acknowledged row', async () => {
    const { dataDir } = await orphaned()
    for (const pid of processesIn(dataDir)) killHard(pid)
    const next = await start(dataDir)
    onTestFinished(() => next.stop())
    expect(next.adopted).toBe(false)
    expect(await kept(next.socketDir)).toEqual([{ acknowledged: 1 }])
  })

  it('and a killed postmaster: the start waits for the last back end, and none meets another cluster', async () => {
    const { dataDir, pid } = await orphaned()
    const busy = query(join(dataDir, 'postgres'), 'SELECT pg_sleep(1)').catch(() => 'cut off')
    await eventually(() => (processesIn(dataDir).length > 4 ? true : undefined))
    killHard(pid)
    const next = await start(dataDir)
    onTestFinished(() => next.stop())
    expect(next.adopted).toBe(false)
    expect(await kept(next.socketDir)).toEqual([{ acknowledged: 1 }])
    await busy
  })

  it('in the middle of initdb: the next start waits for the orphan, begins again, and says so', async () => {
    const dataDir = dataDirectory()
    const parent = spawnServer(dataDir)
    parent.ready.catch(() => {})
    const unfinished = join(dataDir, 'postgres.new')
    await eventually(() => (existsSync(join(unfinished, 'PG_VERSION')) ? true : undefined))
    await parent.kill()
    const { log, text } = captureLog()
    const next = await start(dataDir, log)
    onTestFinished(() => next.stop())
    expect(text()).toContain('interrupted')
    expect(readdirSync(dataDir)).not.toContain('postgres.new')
    expect(await query(next.socketDir, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })
})

describe('Ctrl-C in the terminal', () => {
  it('reaches Hearthkey alone: PostgreSQL is in a process group of its own', async () => {
    const dataDir = seed.copy()
    const server = await start(dataDir)
    onTestFinished(() => server.stop())
    const pid = postmasterPid(dataDir)
    const group = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')[2]
    expect(Number(group)).toBe(pid)
  })
})

describe('what a crash leaves in the directory', () => {
  /** PostgreSQL believes a PID file whose process lives and may be signalled by its own user. */
  const anotherOf = (cluster: string): number => {
    const { uid, gid } = statSync(cluster)
    const other = spawn('/bin/sleep', ['60'], { stdio: 'ignore', ...(isRoot && { uid, gid, cwd: '/' }) })
    onTestFinished(() => void other.kill('SIGKILL'))
    return other.pid ?? 0
  }
  const familiar: Record<string, (cluster: string) => number> = {
    'the first process': () => 1,
    'this very process': () => process.pid,
    'another process of the same user': anotherOf,
  }
  for (const [whose, choose] of Object.entries(familiar)) {
    it(`never blocks a start: PID files that name ${whose}`, async () => {
      const dataDir = seed.copy()
      const cluster = join(dataDir, 'postgres')
      const pid = choose(cluster)
      writeFileSync(join(cluster, 'postmaster.pid'), `${pid}\n${cluster}\n1\n5432\n.\n\n 1 1\nready\n`)
      writeFileSync(join(cluster, '.s.PGSQL.5432'), '')
      writeFileSync(join(cluster, '.s.PGSQL.5432.lock'), `${pid}\n`)
      const server = await start(dataDir)
      expect(server.adopted).toBe(false)
      await server.stop()
    })
  }

  it('never blocks a start: lock files without a holder', async () => {
    const dataDir = seed.copy()
    writeFileSync(join(dataDir, 'server.lock'), `pid ${process.pid}, started yesterday\n`)
    writeFileSync(join(dataDir, 'postmaster.lock'), '')
    await (await start(dataDir)).stop()
  })

  it('never makes a stranger the postmaster: a process that took over its PID gets no signal', async () => {
    const { dataDir, pid } = await orphaned()
    const stranger = spawn('/bin/sleep', ['60'], { stdio: 'ignore' })
    const strangersEnd = once(stranger, 'exit')
    onTestFinished(() => void stranger.kill('SIGKILL'))
    const file = join(dataDir, 'postgres', 'postmaster.pid')
    const text = readFileSync(file, 'utf8')
    const next = await start(dataDir)
    writeFileSync(file, text.replace(String(pid), String(stranger.pid)))
    const stopped = next.stop()
    // PostgreSQL itself ends when its PID file names another; it looks once a minute, so it is ended here.
    killHard(pid)
    await stopped
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull()
    stranger.kill('SIGKILL')
    expect(await strangersEnd).toEqual([null, 'SIGKILL'])
  })
})

describe('a second Hearthkey on the same data directory', () => {
  it('is turned away within two seconds, told who is there, and leaves the first alone', async () => {
    const dataDir = seed.copy()
    const first = await start(dataDir)
    onTestFinished(() => first.stop())
    const second = spawnServer(dataDir)
    second.ready.catch(() => {})
    const { code, stderr } = await second.exited
    expect(code).toBe(75)
    expect(stderr).toContain('data-dir-in-use')
    expect(stderr).toContain(`pid ${process.pid}, started 2`)
    expect(Number(/^lived (\d+) ms$/m.exec(stderr)?.[1])).toBeLessThan(2000)
    expect(await query(first.socketDir, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('never starts a second PostgreSQL: of four at once on an empty directory, one wins', async () => {
    const dataDir = dataDirectory()
    const all = await Promise.allSettled([1, 2, 3, 4].map(() => start(dataDir)))
    const won = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    onTestFinished(async () => {
      await Promise.all(won.map((server) => server.stop()))
    })
    expect(won).toHaveLength(1)
    for (const one of all) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'data-dir-in-use' })
    }
  })

  it('may start as soon as the first has stopped', async () => {
    const dataDir = seed.copy()
    await (await start(dataDir)).stop()
    await (await start(dataDir)).stop()
  })
})

describe('a PostgreSQL that dies under a running Hearthkey', () => {
  it('is reported with its last words, whether started or adopted, and the next start recovers', async () => {
    const { dataDir, pid } = await orphaned()
    const adopted = await start(dataDir)
    killHard(pid)
    expect(await adopted.exited).toMatchObject({ code: 'embedded-database-failed' })
    await adopted.stop()
    const own = await start(dataDir)
    expect(own.adopted).toBe(false)
    killHard(postmasterPid(dataDir))
    const { message } = await own.exited
    expect(message).toContain('ready to accept connections')
    await own.stop()
    const last = await start(dataDir)
    expect(await kept(last.socketDir)).toEqual([{ acknowledged: 1 }])
    await last.stop()
  })

  it('keeps quiet about an end that was asked for', async () => {
    const server = await start(seed.copy())
    let told = false
    void server.exited.then(() => {
      told = true
    })
    await server.stop()
    await new Promise((resolve) => setImmediate(resolve))
    expect(told).toBe(false)
  })
})

describe('a directory that only looks empty', () => {
  it('is used: an empty folder in the place of the cluster is no damage', async () => {
    const dataDir = dataDirectory()
    mkdirSync(join(dataDir, 'postgres'), { recursive: true })
    await (await start(dataDir)).stop()
  })
})
