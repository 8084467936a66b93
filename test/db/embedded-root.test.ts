import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { accountsFor, parsePasswd } from '../../src/db/embedded/account.ts'
import { installedBinaries, program } from '../../src/db/embedded/binaries.ts'
import { readableEngine } from '../../src/db/embedded/engine-copy.ts'
import { layoutOf } from '../../src/db/embedded/layout.ts'
import { tryHold } from '../../src/db/embedded/locks.ts'
import { startEmbedded } from '../../src/db/embedded.ts'
import { captureLog } from '../support/log.ts'
import {
  dataDirectory,
  isRoot,
  nobody,
  nobodyCanRun,
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
const ownerOf = (path: string) => statSync(path).uid

describe.runIf(!isRoot)('started as an ordinary user', () => {
  it('runs PostgreSQL as that user, whose files everything is', async () => {
    const dataDir = seed.copy()
    const server = await start(dataDir)
    onTestFinished(() => server.stop())
    for (const path of [server.socketDir, `/proc/${postmasterPid(dataDir)}`]) expect(ownerOf(path)).toBe(userInfo().uid)
  })
})

describe.runIf(isRoot)('started as root', () => {
  it('runs PostgreSQL as another account, below a folder which that account cannot enter', async () => {
    const dataDir = dataDirectory()
    expect(statSync(dirname(dataDir))).toMatchObject({ uid: 0 })
    expect(statSync(dirname(dataDir)).mode & 0o777).toBe(0o700)
    const server = await start(dataDir)
    onTestFinished(() => server.stop())
    const uid = ownerOf(`/proc/${postmasterPid(dataDir)}`)
    expect(uid).not.toBe(0)
    expect(ownerOf(server.socketDir)).toBe(uid)
    expect(readdirSync(dataDir).filter((name) => name !== 'postgres' && ownerOf(join(dataDir, name)) !== 0)).toEqual([])
    expect(await query(server.socketDir, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('keeps the account that a cluster belongs to already', async () => {
    const dataDir = seed.copy()
    execFileSync('chown', ['-R', '4242:4242', join(dataDir, 'postgres')])
    const server = await start(dataDir)
    onTestFinished(() => server.stop())
    expect(ownerOf(`/proc/${postmasterPid(dataDir)}`)).toBe(4242)
  })

  it('takes the owner of the data directory for a new cluster, and leaves every file to that owner', async () => {
    const dataDir = dataDirectory()
    mkdirSync(dataDir)
    chownSync(dataDir, nobody, nobody)
    const server = await start(dataDir)
    onTestFinished(() => server.stop())
    expect(readdirSync(dataDir).map((name) => ownerOf(join(dataDir, name)))).toEqual([nobody, nobody, nobody, nobody])
  })

  it('hands a cluster that was restored as root to its account, with a warning', async () => {
    const dataDir = seed.copy()
    execFileSync('chown', ['-R', '0:0', dataDir])
    const { log, text } = captureLog()
    const server = await start(dataDir, log)
    onTestFinished(() => server.stop())
    expect(ownerOf(server.socketDir)).not.toBe(0)
    expect(text()).toContain('belonged to root')
  })

  it('lets nobody but root and the user it runs as in, not even the account of PostgreSQL', async () => {
    const dataDir = dataDirectory()
    chmodSync(dirname(dataDir), 0o755)
    mkdirSync(dataDir)
    chownSync(dataDir, nobody, nobody)
    const server = await start(dataDir)
    onTestFinished(() => server.stop())
    const attempt = `import('net').then(({ connect }) => connect(process.argv[1]).on('connect', function () {
      const text = 'user\\0hearthkey_app\\0database\\0hearthkey\\0\\0'
      const head = Buffer.alloc(8); head.writeInt32BE(8 + text.length); head.writeInt32BE(196608, 4)
      this.write(Buffer.concat([head, Buffer.from(text)]))
    }).on('data', (answer) => { console.log(answer.toString('latin1')); process.exit() }))`
    const probe = (uid: number) =>
      execFileSync(process.execPath, ['-e', attempt, join(server.socketDir, '.s.PGSQL.5432')], {
        uid,
        gid: uid,
        cwd: '/',
      }).toString()
    expect(probe(0)).toContain('server_version')
    expect(probe(nobody)).toContain('Peer authentication failed')
  })

  it.runIf(nobodyCanRun)('beside it, an ordinary user runs one of his own, and adopts it after a kill', async () => {
    const dataDir = dataDirectory()
    chownSync(dirname(dataDir), nobody, nobody)
    const first = spawnServer(dataDir, { uid: nobody })
    await first.ready
    expect(ownerOf(`/proc/${postmasterPid(dataDir)}`)).toBe(nobody)
    await first.kill()
    const second = spawnServer(dataDir, { uid: nobody })
    expect(await second.ready).toMatchObject({ adopted: true })
    expect(await second.stop()).toMatchObject({ code: 0 })
    // And root may go on with it, and he after root.
    await (await start(dataDir)).stop()
    const third = spawnServer(dataDir, { uid: nobody })
    expect(await third.ready).toMatchObject({ adopted: false })
    expect(await third.stop()).toMatchObject({ code: 0 })
  })

  it.runIf(nobodyCanRun)(
    'leaves a cluster of another account closed to an ordinary user, who is told why',
    async () => {
      const dataDir = seed.copy()
      chownSync(dirname(dataDir), nobody, nobody)
      const own = join(dataDir, 'postgres')
      execFileSync('chown', ['-R', `${nobody}:${nobody}`, dataDir])
      execFileSync('chown', ['-R', '4242:4242', own])
      const child = spawnServer(dataDir, { uid: nobody })
      child.ready.catch(() => {})
      const { code, stderr } = await child.exited
      expect(code).toBe(77)
      expect(stderr).toContain('data-dir-unusable')
    },
  )

  it.runIf(nobodyCanRun)('says what an ordinary user needs where he may not write', async () => {
    const dataDir = dataDirectory()
    chmodSync(dirname(dataDir), 0o755)
    const child = spawnServer(dataDir, { uid: nobody })
    child.ready.catch(() => {})
    const { code, stderr } = await child.exited
    expect(code).toBe(77)
    expect(stderr).toContain('EACCES')
    expect(existsSync(dataDir)).toBe(false)
  })

  it.runIf(nobodyCanRun)('says that a user id without a name will not do', async () => {
    const dataDir = dataDirectory()
    chownSync(dirname(dataDir), 4242, 4242)
    const child = spawnServer(dataDir, { uid: 4242 })
    child.ready.catch(() => {})
    const { code, stderr } = await child.exited
    expect(code).toBe(78)
    expect(stderr).toContain('no name for user id 4242')
  })
})

describe.runIf(isRoot && spawnSync('setpriv', ['--version']).status === 0)('root in a container', () => {
  const dockers =
    '+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+net_raw,+sys_chroot'

  it('needs no more than what containers grant by default, to adopt and to stop as well', async () => {
    const dataDir = seed.copy()
    const first = spawnServer(dataDir, { through: ['setpriv', `--bounding-set=-all,${dockers}`] })
    await first.ready
    await first.kill()
    const second = spawnServer(dataDir, { through: ['setpriv', `--bounding-set=-all,${dockers}`] })
    expect(await second.ready).toMatchObject({ adopted: true })
    expect(await second.stop()).toMatchObject({ code: 0 })
    expect(processesIn(dataDir)).toEqual([])
  })

  it('is told which rights are missing where all are dropped', async () => {
    const child = spawnServer(dataDirectory(), { through: ['setpriv', '--bounding-set=-all'] })
    child.ready.catch(() => {})
    const { code, stderr } = await child.exited
    expect(code).toBe(78)
    expect(stderr).toContain('CAP_SETUID')
  })
})

describe.runIf(isRoot)('binaries that the account cannot read', () => {
  it('are copied once to where it can, whatever the umask, and a copy in use outlives the next version', async () => {
    const hidden = mkdtempSync(join(tmpdir(), 'hk-'))
    const open = mkdtempSync(join(tmpdir(), 'hk-'))
    const umask = process.umask(0o077)
    onTestFinished(() => {
      process.umask(umask)
      for (const path of [hidden, open]) rmSync(path, { recursive: true, force: true })
    })
    chmodSync(open, 0o755)
    const { home, version } = await installedBinaries()
    cpSync(home, join(hidden, 'native'), { recursive: true, verbatimSymlinks: true })
    const installed = { home: join(hidden, 'native'), version }
    const accounts = await accountsFor(layoutOf(seed.copy()))
    const options = { accounts, log: captureLog().log, sharedHome: join(open, 'engine') }

    const both = await Promise.all([readableEngine(installed, options), readableEngine(installed, options)])
    const [first, second] = both
    expect(first.binaries.home).toBe(join(open, 'engine', version))
    expect(second.binaries).toEqual(first.binaries)
    const made = statSync(program(first.binaries, 'postgres')).ino
    const asAccount = { uid: accounts.postgres.uid, gid: accounts.postgres.gid, cwd: '/' }
    expect(execFileSync(program(first.binaries, 'initdb'), ['--version'], asAccount).toString()).toContain('18')

    const newer = await readableEngine({ ...installed, version: '99.0.0' }, options)
    expect(statSync(program(first.binaries, 'postgres')).ino).toBe(made)
    for (const { lock } of [...both, newer]) lock?.release()
    ;(await readableEngine({ ...installed, version: '99.0.1' }, options)).lock?.release()
    expect(readdirSync(options.sharedHome).filter((name) => !name.endsWith('.lock'))).toEqual(['99.0.1'])
  })

  it('are never run from a folder that others may write to', async () => {
    const open = mkdtempSync(join(tmpdir(), 'hk-'))
    onTestFinished(() => rmSync(open, { recursive: true, force: true }))
    chmodSync(open, 0o777)
    const accounts = await accountsFor(layoutOf(seed.copy()))
    const attempt = readableEngine(
      { home: '/root/nowhere', version: '1' },
      { accounts, log: captureLog().log, sharedHome: open },
    )
    await expect(attempt).rejects.toMatchObject({ code: 'data-dir-unusable' })
  })
})

describe('the accounts of the system', () => {
  it('are read from passwd, lines of other kinds skipped', () => {
    expect(parsePasswd('root:x:0:0:r:/root:/bin/sh\n\n# note\n+::::::\nhearthkey:x:990:991::/:/bin/false\n')).toEqual([
      { name: 'root', uid: 0, gid: 0 },
      { name: 'hearthkey', uid: 990, gid: 991 },
    ])
  })
})

describe('a lock', () => {
  it('outlives the closing of our descriptor while another copy is open, and may be shared', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'hk-')), 'lock')
    onTestFinished(() => rmSync(dirname(path), { recursive: true }))
    const one = tryHold(path, { shared: true })
    const two = tryHold(path, { shared: true })
    expect([one, two]).not.toContain(undefined)
    expect(tryHold(path)).toBeUndefined()
    one?.release()
    expect(tryHold(path)).toBeUndefined()
    two?.release()
    tryHold(path)?.release()
    expect(tryHold(path)).toBeDefined()
  })
})
