import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { findEmbedded, startEmbedded } from '../../src/db/embedded.ts'
import { AppError } from '../../src/errors/app-error.ts'
import { captureLog } from '../support/log.ts'
import { undisturbedSince } from '../support/undisturbed.ts'
import { workSince } from '../support/work.ts'
import { dataDirectory, isRoot, query, seedDirectory } from './embedded-support.ts'

let seed: Awaited<ReturnType<typeof seedDirectory>>
beforeAll(async () => {
  seed = await seedDirectory()
})

const start = (dataDir: string) => startEmbedded({ dataDir, log: captureLog().log })

/** The refusal of a start: two seconds of ours are too many, and so is waiting for what will not be. */
async function refusal(dataDir: string): Promise<AppError> {
  const [work, took] = [workSince(), undisturbedSince()]
  const error: unknown = await start(dataDir).then(
    async (server) => {
      await server.stop()
      return 'it started'
    },
    (reason: unknown) => reason,
  )
  expect(work()).toBeLessThan(2000)
  // PostgreSQL's own processes fail as fast as the machine lets them.
  expect(took()).toBeLessThan(10_000)
  if (!(error instanceof AppError)) throw error
  return error
}

/** A disk of its own, small or read-only. Only root may mount one; elsewhere the same errors come from the same calls. */
function disk(options: string, fill: (at: string) => void = () => {}): string {
  const at = mkdtempSync(join(tmpdir(), 'hk-'))
  const mount = (...args: string[]) => spawnSync('mount', ['-t', 'tmpfs', ...args, 'tmpfs', at]).status
  if (mount('-o', 'size=120m,mode=755') !== 0) throw new Error('mounting was refused')
  onTestFinished(() => {
    spawnSync('umount', ['-l', at])
    rmSync(at, { recursive: true })
  })
  fill(at)
  if (spawnSync('mount', ['-o', `remount,${options}`, at]).status !== 0) throw new Error('remounting was refused')
  return join(at, 'data')
}
const mountable =
  isRoot && spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' }).status === 0

describe('a damaged cluster', () => {
  const damages: Record<string, (cluster: string) => void> = {
    'without PG_VERSION': (cluster) => rmSync(join(cluster, 'PG_VERSION')),
    'without its control file': (cluster) => rmSync(join(cluster, 'global', 'pg_control')),
    'with an empty control file': (cluster) => writeFileSync(join(cluster, 'global', 'pg_control'), ''),
    'of which one file is left': (cluster) => {
      rmSync(cluster, { recursive: true })
      mkdirSync(cluster)
      writeFileSync(join(cluster, 'postmaster.opts'), '')
    },
    'behind a link that leads nowhere': (cluster) => {
      rmSync(cluster, { recursive: true })
      symlinkSync('/nowhere/at/all', cluster)
    },
    'that is a file': (cluster) => {
      rmSync(cluster, { recursive: true })
      writeFileSync(cluster, 'x')
    },
  }
  for (const [what, damage] of Object.entries(damages)) {
    it(`${what} is refused and left as it is: a fresh database would reopen the set-up to strangers`, async () => {
      const dataDir = seed.copy()
      damage(join(dataDir, 'postgres'))
      const before = spawnSync('ls', ['-lR', join(dataDir, 'postgres')]).stdout.toString()
      expect(await refusal(dataDir)).toMatchObject({ code: 'database-damaged' })
      expect(spawnSync('ls', ['-lR', join(dataDir, 'postgres')]).stdout.toString()).toBe(before)
      expect(readdirSync(dataDir)).not.toContain('postgres.new')
    })
  }

  it('that PostgreSQL itself refuses is reported in its words', async () => {
    const dataDir = seed.copy()
    const control = join(dataDir, 'postgres', 'global', 'pg_control')
    const bytes = readFileSync(control)
    writeFileSync(
      control,
      bytes.map((byte, at) => (at < 200 ? byte ^ 0xff : byte)),
    )
    const error = await refusal(dataDir)
    expect(error.code).toBe('embedded-database-failed')
    expect(error.message).toContain('incompatible with server')
    writeFileSync(control, bytes)
    await (await start(dataDir)).stop()
  })

  it('of another major version is refused by both versions', async () => {
    const dataDir = seed.copy()
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '17\n')
    const error = await refusal(dataDir)
    expect(error.code).toBe('database-other-version')
    expect(error.message).toMatch(/PostgreSQL 17;.*PostgreSQL 18/)
  })
})

describe('a leftover of an interrupted initialisation', () => {
  it('is removed and the initialisation done again, and that is said', async () => {
    const dataDir = dataDirectory()
    mkdirSync(join(dataDir, 'postgres.new', 'base'), { recursive: true })
    writeFileSync(join(dataDir, 'postgres.new', 'PG_VERSION'), '18\n')
    const { log, text } = captureLog()
    await (await startEmbedded({ dataDir, log })).stop()
    expect(text()).toContain('interrupted')
    expect(readdirSync(dataDir)).not.toContain('postgres.new')
  })
})

describe('a data directory that cannot be used', () => {
  it('has too long a path for a socket: the error says how long it may be, and that length works', async () => {
    const short = seed.copy()
    const base = join(short, '..')
    const error = await refusal(join(base, 'd'.repeat(120 - base.length)))
    expect(error.code).toBe('data-dir-unusable')
    const longest = Number(/at most (\d+) bytes/.exec(error.cure)?.[1])
    const exact = join(base, 'd'.repeat(longest - base.length - 1))
    renameSync(short, exact)
    const server = await start(exact)
    onTestFinished(() => server.stop())
    expect(await query(server.socketDir, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect(await refusal(`${exact}d`)).toMatchObject({ code: 'data-dir-unusable' })
    await expect(findEmbedded(`${exact}d`)).rejects.toMatchObject({ code: 'data-dir-unusable' })
  })

  it('is a file', async () => {
    const dataDir = dataDirectory()
    writeFileSync(dataDir, '')
    expect(await refusal(dataDir)).toMatchObject({ code: 'data-dir-unusable' })
    expect(await refusal(join(dataDir, 'below'))).toMatchObject({ code: 'data-dir-unusable' })
  })

  it.runIf(mountable)('lies on a read-only disk', async () => {
    const dataDir = disk('ro', (at) => mkdirSync(join(at, 'data')))
    const error = await refusal(dataDir)
    expect(error).toMatchObject({ code: 'data-dir-unusable' })
    expect(error.message).toContain('EROFS')
    expect(error.message).toContain(dataDir)
  })
})

describe.runIf(mountable)('a full disk', () => {
  it('at the first start: said with its cure, nothing is left, and with space the next start succeeds', async () => {
    const dataDir = disk('size=20m')
    const error = await refusal(dataDir)
    expect(error).toMatchObject({ code: 'disk-full', entry: { exit: 74 } })
    expect(readdirSync(dataDir).filter((name) => name.startsWith('postgres'))).toEqual([])
    spawnSync('mount', ['-o', 'remount,size=120m', join(dataDir, '..')])
    await (await start(dataDir)).stop()
  })

  it('at a later start: said with its cure, and with space everything is there', async () => {
    const from = seed.copy()
    const server = await start(from)
    await query(server.socketDir, 'CREATE TABLE kept AS SELECT 1 AS acknowledged')
    await server.stop()
    const dataDir = disk('size=120m', (at) => {
      spawnSync('cp', ['-a', from, join(at, 'data')])
    })
    const filler = join(dataDir, '..', 'filler')
    spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k'])
    expect(await refusal(dataDir)).toMatchObject({ code: 'disk-full' })
    rmSync(filler)
    const again = await start(dataDir)
    expect(await query(again.socketDir, 'SELECT acknowledged FROM kept')).toEqual([{ acknowledged: 1 }])
    await again.stop()
  })
})
