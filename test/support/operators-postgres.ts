import { once } from 'node:events'
import { chmod, chown, cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Client, type QueryResultRow } from 'pg'
import { type Account, accountsFor } from '../../src/db/embedded/account.ts'
import { installedBinaries, program } from '../../src/db/embedded/binaries.ts'
import { readableEngine } from '../../src/db/embedded/engine-copy.ts'
import { layoutOf } from '../../src/db/embedded/layout.ts'
import { run, spawnAs } from '../../src/db/embedded/run.ts'
import { freePort } from '../strangers/free-port.ts'
import { eventually } from './eventually.ts'
import { captureLog } from './log.ts'
import { madeOnce } from './made-once.ts'

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
  await chown(home, account.uid, account.gid)
  const cluster = join(home, 'cluster')
  const made = join(tmpdir(), 'hearthkey-operators-cluster')
  await madeOnce(made, (folder) => initialise(folder, program(binaries, 'initdb'), account))
  // With its owner, who is another one under root.
  await run('/bin/cp', ['-a', join(made, 'cluster'), home], { cwd: home, account })

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

/** The same for every one of them, and by far most of what it takes to start one. */
async function initialise(folder: string, initdb: string, account: Account): Promise<void> {
  const password = join(folder, 'password')
  await writeFile(password, ADMIN_PASSWORD)
  for (const path of [folder, password]) await chown(path, account.uid, account.gid)
  const args = ['-D', join(folder, 'cluster'), '-U', 'admin', '--auth=scram-sha-256', `--pwfile=${password}`]
  const { status, stderr } = await run(initdb, [...args, '--locale=C', '--encoding=UTF8'], { cwd: folder, account })
  if (status !== 0) throw new Error(stderr)
}
