import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { hearthkey } from './support/command.ts'
import { connect, copyRow, idFor } from './support/database.ts'
import type { Bench, Figure } from './support/figures.ts'
import { type Home, temporaryHome } from './support/home.ts'
import { postmasterOf } from './support/postmaster.ts'
import { until } from './support/processes.ts'
import { startServer } from './support/server.ts'

/** The second is what is told of; the first, what its memory is held against. */
const [FEW, ALL] = [100_000, 1_000_000]
const ROUNDS = Number(process.env['ROUNDS'] ?? 3)
/** As many as a busy server writes in a second or two. */
const AT_ONCE = 2_000

/** Events as they would have come over months; the server puts them into its chain, and signs it, as ever. */
async function happen(home: Home, first: number, last: number): Promise<void> {
  const client = await connect(home, 'hearthkey_super')
  for (let from = first; from <= last; from += AT_ONCE)
    await copyRow(client, {
      table: 'events',
      like: 'action = $1',
      values: ['key.created'],
      but: {
        id: idFor('verified'),
        action: "'organisation.updated'",
        before: `'{"name":"Acme","settings":{"country":"CH","language":"de"}}'::jsonb`,
        after: `jsonb_build_object('name', 'Acme ' || n, 'settings', '{"country":"DE","language":"de"}'::jsonb)`,
        request_id: "'req-' || n",
        xid: 'pg_current_xact_id()',
      },
      from,
      to: Math.min(last, from + AT_ONCE - 1),
    })
  await until('all of them in the chain and signed', 3600, async () => {
    const { rows } = await client.query<{ done: boolean }>('SELECT max(seq) >= $1 AS done FROM audit_checkpoints', [
      last,
    ])
    return rows[0]?.done ? true : undefined
  })
  await client.end()
}

async function bytesOfLink(home: Home): Promise<number> {
  const client = await connect(home, 'hearthkey_super')
  const { rows } = await client.query<{ bytes: string }>(
    "SELECT pg_total_relation_size('audit_chain') / (SELECT seq FROM audit_head) AS bytes",
  )
  await client.end()
  return Number(rows[0]?.bytes)
}

interface Verified {
  readonly entries: number
  readonly seconds: number
  readonly cpu: number
  readonly megabytes: number
}

const source = (path: string) => JSON.stringify(join(import.meta.dirname, '../src', path))

/** In a process of its own, whose memory is the verifier's alone. */
async function verify(what: string): Promise<Verified> {
  const program = `
    ${what}
    const began = performance.now()
    const { finding, summary } = await verified()
    if (finding) throw new Error(JSON.stringify(finding))
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
    const cpu = (userCPUTime + systemCPUTime) / 1e6
    const seconds = (performance.now() - began) / 1000
    console.log(JSON.stringify({ entries: summary.entries, seconds, cpu, megabytes: maxRSS / 1024 }))
    process.exit(0)`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
  return JSON.parse(stdout)
}

const ofFile = (path: string) => `
  import { linesOfFile } from ${source('audit/verify/source/file.ts')}
  import { verifyLog } from ${source('audit/verify/verify.ts')}
  const verified = () => verifyLog(linesOfFile(${JSON.stringify(path)}))`

const ofDatabase = (socketDir: string) => `
  import { openDatabase } from ${source('db/database.ts')}
  import { createLog } from ${source('lib/log.ts')}
  import { verifyDatabase } from ${source('audit/verify/database.ts')}
  const log = createLog('fatal', { write: () => {} })
  const target = { kind: 'embedded', socketDir: ${JSON.stringify(socketDir)} }
  const { owner } = openDatabase({ target, poolSize: 1, log })
  const verified = () => verifyDatabase({ owner, now: new Date() })`

interface Both {
  readonly file: readonly Verified[]
  readonly database: readonly Verified[]
}

/** The log as it is now, from a file and in its place. */
async function verifyBoth(home: Home): Promise<Both> {
  const path = join(home.folder, 'log.ndjson')
  await hearthkey(home, ['audit', 'export', '--out', path])
  const file = await rounds(() => verify(ofFile(path)))
  const database = await rounds(() => verify(ofDatabase(postmasterOf(home)?.socketDir ?? '')))
  rmSync(path)
  return { file, database }
}

function figuresOf(form: string, few: readonly Verified[], all: readonly Verified[]): Figure[] {
  const of = (verified: readonly Verified[], pick: (one: Verified) => number) => verified.map(pick)
  const many = (count: number) => count.toLocaleString('en-US')
  return [
    { name: `${form}, ${many(ALL)} entries`, unit: 's', samples: of(all, ({ seconds }) => seconds) },
    { name: '  entries', unit: 'per s', samples: of(all, ({ entries, seconds }) => entries / seconds) },
    { name: '  entries', unit: '/CPU s of Node', samples: of(all, ({ entries, cpu }) => entries / cpu) },
    { name: `  most memory, ${many(FEW)} entries`, unit: 'MB', samples: of(few, ({ megabytes }) => megabytes) },
    { name: `  most memory, ${many(ALL)} entries`, unit: 'MB', samples: of(all, ({ megabytes }) => megabytes) },
    {
      name: '  most memory of ten times as many',
      unit: '',
      samples: all.map(({ megabytes }, round) => megabytes / (few[round]?.megabytes ?? Number.NaN)),
      bound: { atMost: 1.5 },
    },
  ]
}

export const auditVerify: Bench = {
  promise: `A log of ${ALL.toLocaleString('en-US')} entries is verified in memory that does not grow with it`,
  async run(): Promise<Figure[]> {
    using home = temporaryHome()
    await using _server = await startServer(home)
    await happen(home, 1, FEW)
    const few = await verifyBoth(home)
    await happen(home, FEW + 1, ALL)
    const all = await verifyBoth(home)
    return [
      ...figuresOf('a file', few.file, all.file),
      ...figuresOf('the database', few.database, all.database),
      { name: 'a link in the database, with its indexes', unit: 'bytes', samples: [await bytesOfLink(home)] },
    ]
  },
}

async function rounds(once: () => Promise<Verified>): Promise<Verified[]> {
  const done: Verified[] = []
  for (let round = 0; round < ROUNDS; round++) done.push(await once())
  return done
}
