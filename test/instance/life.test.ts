import { once } from 'node:events'
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { scratchDirectory } from '../support/scratch.ts'
import { type RunningServer, runHearthkey, startServer, temporaryHome } from '../support/server.ts'
import { settle } from '../support/settled-home.ts'
import { withTheFile } from '../support/when-over.ts'

const ready = async (url: string) => (await fetch(`${url}/readyz`)).status
const SOON_MS = 2_000

/** What a server says that does not start, and how long it takes to. */
async function refused(home: string, env: NodeJS.ProcessEnv = {}) {
  const livedAt = join(scratchDirectory('refused'), 'lived')
  const NODE_OPTIONS = `--import=${join(import.meta.dirname, '../support/undisturbed-child.ts')}`
  const ended = await runHearthkey(home, ['serve'], { ...env, NODE_OPTIONS, LIVED_AT: livedAt })
  return { ...ended, ms: Number(await readFile(livedAt, 'utf8')) }
}

const whenOver = withTheFile()
/** On one directory, in turn: it is killed and started anew, runs while others come, and is stopped. */
let server: RunningServer
beforeAll(async () => {
  server = await startServer({}, undefined, whenOver)
})

describe('a server', () => {
  it('is healthy on an empty directory, keeps its keys and data over a clean stop, and leaves nothing running', async () => {
    const first = await startServer({}, await temporaryHome())
    expect(await ready(first.url)).toBe(200)
    const jwks = await (await fetch(`${first.url}/oauth/jwks`)).text()
    expect((await stat(join(first.home, 'keys/master.key'))).mode & 0o777).toBe(0o600)
    expect(await first.stop()).toBe(0)
    expect(await readdir(join(first.home, 'data/postgres'))).not.toContain('postmaster.pid')

    const second = await startServer({}, first.home)
    expect(await (await fetch(`${second.url}/oauth/jwks`)).text()).toBe(jwks)
    expect(await second.stop()).toBe(0)
    expect(second.output()).not.toMatch(/"level":"(warn|error)"/)
  })

  it('goes on where a killed one was cut off', async () => {
    const jwks = await (await fetch(`${server.url}/oauth/jwks`)).text()
    server.child.kill('SIGKILL')
    await once(server.child, 'exit')
    server = await startServer({}, server.home, whenOver)
    expect(await (await fetch(`${server.url}/oauth/jwks`)).text()).toBe(jwks)
  })

  it('fails readiness first when it is asked to stop, while it still answers', async () => {
    const home = await homeWith({ 'hearthkey.yaml': 'server:\n  drainDelay: 3s\n' })
    await settle(home)
    const draining = await startServer({}, home)
    expect(await ready(draining.url)).toBe(200)
    const stopped = draining.stop()
    await expect.poll(() => ready(draining.url)).toBe(503)
    expect((await fetch(`${draining.url}/healthz`)).status).toBe(200)
    expect(await stopped).toBe(0)
  })
})

describe('beside a server that runs', () => {
  it('a second one on the same directory is turned away within two seconds, and does not disturb it', async () => {
    const second = await refused(server.home)
    expect(second).toMatchObject({ exit: 75, output: expect.stringContaining('data-dir-in-use') })
    expect(second.ms).toBeLessThan(SOON_MS)
    expect(await ready(server.url)).toBe(200)
  })

  it('commands reach it, until it has stopped', async () => {
    const keys = await runHearthkey(server.home, ['key', 'list', '--json'])
    expect(keys.exit).toBe(0)
    const kids = ((await (await fetch(`${server.url}/oauth/jwks`)).json()) as { keys: { kid: string }[] }).keys.map(
      ({ kid }) => kid,
    )
    for (const kid of kids) expect(keys.output).toContain(kid)
    const health = await runHearthkey(server.home, ['healthcheck'], { PORT: String(server.port) })
    expect(health).toMatchObject({ exit: 0, output: 'ready\n' })
    expect((await runHearthkey(server.home, ['migrate', '--status'])).output).toContain('up to date')
    await server.stop()
    expect((await runHearthkey(server.home, ['healthcheck'], { PORT: String(server.port) })).exit).toBe(69)
  })
})

describe('a start that cannot be', () => {
  /** What a server has made and left, in good order. */
  let stopped: string
  beforeAll(async () => {
    expect(await server.stop()).toBe(0)
    stopped = server.home
  })

  it('says so when the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    onTestFinished(() => void other.close())
    const address = other.address()
    const PORT = String(typeof address === 'object' ? address?.port : '')
    const { exit, output } = await runHearthkey(stopped, ['serve'], { PORT })
    expect(exit).toBe(69)
    expect(output).toContain('port-in-use')
    expect(output).toContain(PORT)
  })

  it('says so within two seconds when a key is misspelt, and creates nothing', async () => {
    const home = await homeWith({ 'hearthkey.yaml': 'server:\n  prot: 1\n' })
    const { exit, output, ms } = await refused(home)
    expect(exit).toBe(78)
    expect(output).toContain('hearthkey.yaml:2')
    expect(output).toContain('server.port')
    expect(ms).toBeLessThan(SOON_MS)
    expect(await readdir(home)).toEqual(['hearthkey.yaml'])
  })

  it.each([
    ['audit.syslogCa', 'audit: { syslog: "tls://siem.example.com", syslogCa: ./gone.pem }\n'],
    [
      'audit.syslogCert',
      'audit: { syslog: "tls://siem.example.com", syslogCert: ./gone.pem, syslogKey: ./gone.key }\n',
    ],
    ['mail.ca', 'mail: { ca: ./gone.pem }\n'],
  ])(
    'says so within two seconds when a file that it names is not there, and creates nothing: %s',
    async (key, yaml) => {
      const home = await homeWith({ 'hearthkey.yaml': yaml })
      const check = await runHearthkey(home, ['config', 'check'])
      const start = await refused(home)
      for (const { exit, output } of [check, start]) {
        expect(exit).toBe(78)
        expect(output).toContain(`${key}: the file cannot be read: no such file or directory`)
      }
      expect(start.ms).toBeLessThan(SOON_MS)
      expect(await readdir(home)).toEqual(['hearthkey.yaml'])
    },
  )

  it('says so within two seconds when the database server cannot be reached', async () => {
    const { exit, output, ms } = await refused(await temporaryHome(), {
      DATABASE_URL: 'postgres://a:hunter2@127.0.0.1:1/x',
    })
    expect(exit).toBe(69)
    expect(output).toContain('database-unreachable')
    expect(output).not.toContain('hunter2')
    expect(ms).toBeLessThan(SOON_MS)
  })

  it('keeps a corrupt master key as it is, and names it', async () => {
    const path = join(stopped, 'keys/master.key')
    const good = await readFile(path, 'utf8')
    await writeFile(path, good.slice(0, -6))
    const broken = await runHearthkey(stopped, ['serve'])
    expect(broken.exit).not.toBe(0)
    expect(broken.output).toContain('master-key-corrupt')
    expect(await readFile(path, 'utf8')).toBe(good.slice(0, -6))
    await writeFile(path, good)
    await chmod(path, 0o600)
    expect(await (await startServer({}, stopped)).stop()).toBe(0)
  })

  it('does not make a new master key where the database was sealed by another', async () => {
    const { exit, output } = await runHearthkey(stopped, ['serve'], { KEYS_DIR: join(stopped, 'elsewhere') })
    expect(exit).not.toBe(0)
    expect(output).toContain('master-key-missing')
    expect(await readdir(stopped)).not.toContain('elsewhere')
  })
})

async function homeWith(files: Record<string, string>): Promise<string> {
  const home = await temporaryHome()
  for (const [name, text] of Object.entries(files)) await writeFile(join(home, name), text)
  return home
}
