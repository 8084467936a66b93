import { execFile } from 'node:child_process'
import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { hearthkey } from './support/command.ts'
import { connect, copyRow, idFor } from './support/database.ts'
import type { Bench, Figure } from './support/figures.ts'
import { type Home, temporaryHome } from './support/home.ts'
import { postmasterOf } from './support/postmaster.ts'
import { until } from './support/processes.ts'
import { startServer } from './support/server.ts'

const ENTRIES = Number(process.env['AUDIT_ENTRIES'] ?? 1_000_000)
const FEW = 10_000
const ROUNDS = 3
/** As many as a busy server writes in a second or two. */
const AT_ONCE = 2_000

/** Events as they would have come over months; the server puts them into its chain, and signs it, as ever. */
async function happen(home: Home): Promise<number> {
  const client = await connect(home, 'hearthkey_super')
  for (let from = 1; from <= ENTRIES; from += AT_ONCE)
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
      to: Math.min(ENTRIES, from + AT_ONCE - 1),
    })
  await until('all of them in the chain and signed', 3600, async () => {
    const { rows } = await client.query<{ done: boolean }>('SELECT max(seq) >= $1 AS done FROM audit_checkpoints', [
      ENTRIES,
    ])
    return rows[0]?.done ? true : undefined
  })
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

/** The beginning of a log is a log. */
async function beginningOf(path: string, to: string): Promise<void> {
  const out = createWriteStream(to)
  let entries = 0
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (line.startsWith('{"type":"entry"') && ++entries > FEW) break
    if (!out.write(`${line}\n`)) await new Promise<void>((resolve) => out.once('drain', () => resolve()))
  }
  await new Promise<void>((resolve) => out.end(() => resolve()))
}

export const auditVerify: Bench = {
  promise: `A log of ${ENTRIES.toLocaleString('en-US')} entries is verified in memory that does not grow with it`,
  async run(): Promise<Figure[]> {
    using home = temporaryHome()
    await using _server = await startServer(home)
    const bytesALink = await happen(home)
    const [all, few] = [join(home.folder, 'log.ndjson'), join(home.folder, 'few.ndjson')]
    await hearthkey(home, ['audit', 'export', '--out', all])
    await beginningOf(all, few)
    const small = await rounds(() => verify(ofFile(few)))
    const large = await rounds(() => verify(ofFile(all)))
    const socketDir = postmasterOf(home)?.socketDir ?? ''
    const inPlace = await rounds(() => verify(ofDatabase(socketDir)))
    return [
      { name: `a file of ${FEW} entries, most memory`, unit: 'MB', samples: small.map(({ megabytes }) => megabytes) },
      { name: 'a file of all, most memory', unit: 'MB', samples: large.map(({ megabytes }) => megabytes) },
      {
        name: 'most memory of all / of few',
        unit: '',
        samples: large.map(({ megabytes }, round) => megabytes / (small[round]?.megabytes ?? Number.NaN)),
        bound: { atMost: 1.5 },
      },
      { name: 'a file of all', unit: 's', samples: large.map(({ seconds }) => seconds) },
      { name: '  entries', unit: '/CPU s', samples: large.map(({ entries, cpu }) => entries / cpu) },
      { name: 'the database', unit: 's', samples: inPlace.map(({ seconds }) => seconds) },
      { name: '  entries', unit: '/CPU s of Node', samples: inPlace.map(({ entries, cpu }) => entries / cpu) },
      { name: '  most memory of Node', unit: 'MB', samples: inPlace.map(({ megabytes }) => megabytes) },
      { name: 'a link in the database, with its indexes', unit: 'bytes', samples: [bytesALink] },
    ]
  },
}

async function rounds(once: () => Promise<Verified>): Promise<Verified[]> {
  const done: Verified[] = []
  for (let round = 0; round < ROUNDS; round++) done.push(await once())
  return done
}
