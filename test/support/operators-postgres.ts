import { once } from 'node:events'
import { chmod, chown, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Client, type QueryResultRow } from 'pg'
import { accountsFor } from '../../src/db/embedded/account.ts'
import { installedBinaries, program } from '../../src/db/embedded/binaries.ts'
import { readableEngine } from '../../src/db/embedded/engine-copy.ts'
import { layoutOf } from '../../src/db/embedded/layout.ts'
import { run, spawnAs } from '../../src/db/embedded/run.ts'
import { eventually } from './eventually.ts'
import { captureLog } from './log.ts'

const ADMIN_PASSWORD = 'operator'
const certificates = join(import.meta.dirname, 'tls')

export interface OperatorsPostgres {
  readonly port: number
  /** The authority that signed the server's certificate. */
  readonly authority: string
  /** As the administrator of that server. */
  sql(text: string, database?: string): Promise<void>
  rows<R extends QueryResultRow>(text: string, database?: string): Promise<R[]>
  stop(): Promise<void>
}

/** A PostgreSQL as an operator runs it: over TCP, TLS only, passwords, and none of our settings. */
export async function startOperatorsPostgres(): Promise<OperatorsPostgres> {
  const home = await mkdtemp(join(tmpdir(), 'hearthkey-operator-'))
  const { log } = captureLog()
  const accounts = await accountsFor(layoutOf(home))
  const account = accounts.postgres
  const { binaries } = await readableEngine(await installedBinaries(), { accounts, log })
  const cluster = join(home, 'cluster')
  const password = join(home, 'password')
  await mkdir(cluster)
  await writeFile(password, ADMIN_PASSWORD)
  for (const path of [home, cluster, password]) await chown(path, account.uid, account.gid)
  const init = [
    '-D',
    cluster,
    '-U',
    'admin',
    '--auth=scram-sha-256',
    `--pwfile=${password}`,
    '--locale=C',
    '--encoding=UTF8',
  ]
  const { status, stderr } = await run(program(binaries, 'initdb'), init, { cwd: home, account })
  if (status !== 0) throw new Error(stderr)

  const port = await freePort()
  await cp(join(certificates, 'first.cert.pem'), join(cluster, 'server.crt'))
  await cp(join(certificates, 'first.key.pem'), join(cluster, 'server.key'))
  // A checkout gives files 0644, and PostgreSQL refuses a key that others can read.
  await chmod(join(cluster, 'server.key'), 0o600)
  for (const name of ['server.crt', 'server.key']) await chown(join(cluster, name), account.uid, account.gid)
  await writeFile(join(cluster, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 scram-sha-256\n')
  const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', ssl: 'on', fsync: 'off' }
  const args = ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const child = spawnAs(program(binaries, 'postgres'), args, {
    cwd: home,
    account,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const words = child.stderr ? text(child.stderr) : Promise.resolve('')
  const died = once(child, 'exit').then(async () => {
    throw new Error(`the operator's PostgreSQL ended: ${await words}`)
  })

  const authority = join(certificates, 'first.cert.pem')
  const rows = async <R extends QueryResultRow>(statement: string, database = 'postgres'): Promise<R[]> => {
    const client = new Client({
      host: '127.0.0.1',
      port,
      user: 'admin',
      password: ADMIN_PASSWORD,
      database,
      ssl: { rejectUnauthorized: false },
    })
    await client.connect()
    try {
      return (await client.query<R>(statement)).rows
    } finally {
      await client.end()
    }
  }
  const answers = eventually(() =>
    rows('SELECT 1').then(
      () => true,
      () => undefined,
    ),
  )
  await Promise.race([answers, died])
  // Its end is expected from here on.
  died.catch(() => {})
  return {
    port,
    authority,
    rows,
    sql: async (statement, database) => void (await rows(statement, database)),
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGINT')
      await gone
      await rm(home, { recursive: true, force: true })
    },
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
