import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appendToChain } from '../../../src/audit/chain/append.ts'
import { signHead } from '../../../src/audit/checkpoints/sign.ts'
import { verifyNightly } from '../../../src/audit/verify/nightly.ts'
import { auditCheck } from '../../../src/cli/doctor/audit.ts'
import { type Config, loadConfig } from '../../../src/config/config.ts'
import { inTransaction } from '../../../src/db/transaction.ts'
import { auditKeysOf, chainOf } from '../../../src/instance/chain.ts'
import { openPeople } from '../../../src/instance/people.ts'
import { prepareDatabase } from '../../../src/instance/prepare.ts'
import { openServices, type Services } from '../../../src/instance/services.ts'
import { type HeldTarget, ownTarget } from '../../../src/instance/target.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { cli } from '../../support/cli.ts'
import { captureLog } from '../../support/log.ts'
import { settle } from '../../support/settled-home.ts'

const run = promisify(execFile)
const verifier = join(import.meta.dirname, '../../../examples/audit-verifier/verify.mjs')
const clock = systemClock
const { log } = captureLog()
const by = { actor: { kind: 'operator', id: 'test' }, ip: '203.0.113.7', userAgent: 'Firefox' } as const

let root: string
let held: HeldTarget
let services: Services
let config: Config
let env: Record<string, string>

const audit = (...args: string[]) => cli(['audit', ...args], { env, cwd: root, clock })
/** With nothing but a file: another machine, another person. */
const elsewhere = (...args: string[]) =>
  cli(['audit', 'verify', ...args], { env: { DATABASE_URL: 'nonsense' }, cwd: root, clock })
const theirs = (...args: string[]) =>
  run(process.execPath, [verifier, ...args], { cwd: root }).then(
    ({ stdout }) => JSON.parse(stdout),
    ({ stdout }) => JSON.parse(stdout),
  )

async function sign(): Promise<void> {
  await appendToChain(chainOf({ services, clock, log }))
  await signHead({
    owner: services.database.owner,
    keys: auditKeysOf({ config, services, clock }),
    issuer: config.server.issuerUrl,
    clock,
  })
}

const happens = (note: string) =>
  inTransaction(services.database.app, (tx) =>
    services.events.recordEvent(tx, by, {
      action: 'client.updated',
      target: 'shop',
      before: { public: { note: 'Grüße „€“ 😀' } },
      after: { public: { note, share: 0.1, much: 1e21 } },
    }),
  )

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'hearthkey-verify-'))
  env = { DATA_DIR: join(root, 'data'), KEYS_DIR: join(root, 'keys') }
  config = loadConfig({ env, cwd: root }).config
  await settle(root)
  held = await ownTarget(config, log)
  await prepareDatabase(held.target, { clock, log })
  const actor = { kind: 'system', id: 'test' } as const
  services = await openServices({ config, target: held.target, clock, log, actor, bootstrap: true })
  const keys = auditKeysOf({ config, services, clock })
  await keys.ensure({ actor })
  const people = openPeople({ ...services, config, clock, log })
  const made = await people.users.create(by, { email: 'ada@example.com', name: 'Ada Lovelace' })
  if (!made.ok) throw new Error(made.error)
  await inTransaction(services.database.app, (tx) =>
    services.events.recordEvent(
      tx,
      { ...by, actor: { kind: 'person', id: made.value.id } },
      { action: 'user.email_verified', target: made.value.id },
    ),
  )
  // What JSON leaves as it is, and what some take for the end of a line.
  for (const odd of ['\u2028', '\u2029', '\u0085', '\u000b', '\ufeff']) await happens(`a${odd}b`)
  for (let n = 0; n < 20; n++) await happens(`note ${n}`)
  await sign()
  await keys.rotate({ actor })
  for (let n = 0; n < 20; n++) await happens(`note ${n}`)
  await sign()
  writeFileSync(join(root, 'kept.jws'), (await audit('head')).stdout)
  writeFileSync(join(root, 'jwks.json'), (await audit('keys')).stdout)
  await happens('behind the last head')
  await people.close()
}, 60_000)

afterAll(async () => {
  await services.close()
  await held.release()
  rmSync(root, { recursive: true, force: true })
})

describe('hearthkey audit verify [TOS-6]', () => {
  it('finds a real log right, in the database and in its export, against the keys and the head that were kept', async () => {
    const database = await audit('verify', '--head', 'kept.jws', '--keys', 'jwks.json')
    expect(database).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/^All that is here is right: \d+ entries in 2 signed segments, from /),
    })
    expect(database.stdout).toContain('1 kept head was compared.')
    expect((await audit('export', '--out', 'log.ndjson')).exit).toBe(0)
    const file = await elsewhere('log.ndjson', '--head', 'kept.jws', '--keys', 'jwks.json')
    expect(file).toMatchObject({ exit: 0, stdout: expect.stringContaining('All that is here is right') })
    expect(file.stdout).toMatch(/\d+ entries? (is|are) behind it\./)
  })

  it('says what was not looked at where nothing was kept', async () => {
    const { stdout } = await elsewhere('log.ndjson')
    expect(stdout).toContain('These keys came with the log')
    expect(stdout).toContain('No kept head was compared')
  })

  it('needs neither the master key nor what it would open', async () => {
    const { exit } = await cli(['audit', 'verify'], {
      env: { ...env, KEYS_DIR: join(root, 'nowhere') },
      cwd: root,
      clock,
    })
    expect(exit).toBe(0)
  })

  it('agrees with a verifier that somebody else wrote from the guide', async () => {
    expect(await theirs('log.ndjson', '--head', 'kept.jws', '--keys', 'jwks.json')).toMatchObject({
      right: true,
      complete: true,
    })
    const lines = readFileSync(join(root, 'log.ndjson'), 'utf8').trimEnd().split('\n')
    const at = lines.findIndex((line) => line.includes('"seq":12,'))
    const line = lines[at] ?? ''
    const broken: Record<string, string[]> = {
      changed: lines.with(at, line.replace(/"time":"\d{4}/, '"time":"1999')),
      removed: lines.toSpliced(at, 1),
      reordered: lines.toSpliced(at, 2, lines[at + 1] ?? '', line),
      inserted: lines.toSpliced(at, 0, line),
      'link-broken': lines.with(at, line.replace(/"hash":"../, '"hash":"00')),
      cut: lines.slice(0, lines.findIndex((one) => one.includes('"checkpoint"')) + 1),
      malformed: lines.with(at, 'Please pay at once'),
    }
    for (const [wrong, text] of Object.entries(broken)) {
      writeFileSync(join(root, 'broken.ndjson'), `${text.join('\n')}\n`)
      const ours = await elsewhere('broken.ndjson', '--head', 'kept.jws', '--json')
      expect.soft([wrong, ours.exit, JSON.parse(ours.stdout).finding?.wrong]).toEqual([wrong, 1, wrong])
      expect.soft(await theirs('broken.ndjson', '--head', 'kept.jws'), wrong).toMatchObject({ right: false })
    }
  })

  it('names the entry in words and ends with 1', async () => {
    writeFileSync(
      join(root, 'changed.ndjson'),
      readFileSync(join(root, 'log.ndjson'), 'utf8').replace('note 7', 'note 8'),
    )
    const { exit, stdout } = await elsewhere('changed.ndjson')
    expect(exit).toBe(1)
    expect(stdout).toMatch(
      /^AN ENTRY WAS CHANGED \(entry \d+, evt_\w+, line \d+\): it is not what was hashed when it was written\.\n/,
    )
  })

  it('refuses what is no file, no head and no key in words', async () => {
    writeFileSync(join(root, 'empty'), '{}')
    for (const args of [
      ['nothing.ndjson'],
      ['log.ndjson', '--head', 'empty'],
      ['log.ndjson', '--head', 'nowhere'],
      ['log.ndjson', '--keys', 'empty'],
      ['.'],
    ])
      expect(await elsewhere(...args)).toMatchObject({
        exit: 64,
        stdout: '',
        stderr: expect.not.stringContaining(' at '),
      })
  })

  it('calls what is no export so, with another exit code than a log that somebody changed', async () => {
    writeFileSync(join(root, 'log.csv'), 'seq,action\n1,user.created\n')
    writeFileSync(join(root, 'nothing'), '')
    for (const file of ['log.csv', 'nothing'])
      expect(await elsewhere(file)).toMatchObject({ exit: 65, stdout: expect.stringContaining('NO WHOLE LOG') })
    expect((await elsewhere('gone.ndjson')).stderr).toContain('no such file')
  })

  it('says that a kept head speaks for a log that has none of its own', async () => {
    const lines = readFileSync(join(root, 'log.ndjson'), 'utf8').split('\n')
    writeFileSync(
      join(root, 'unsigned.ndjson'),
      lines.filter((line) => !line.startsWith('{"type":"checkpoint"')).join('\n'),
    )
    const { exit, stdout } = await elsewhere('unsigned.ndjson', '--head', 'kept.jws')
    expect(exit).toBe(0)
    expect(stdout).toContain('No signed head stands in it: what was kept speaks for it')
    expect(stdout).not.toContain('nothing but its own hashes')
  })

  it('shows how far it is', async () => {
    expect((await elsewhere('log.ndjson')).stderr).toMatch(/verifying +100 %/)
  })

  it('is not disturbed when a person is erased: nobody can read what was theirs', async () => {
    const superuser = await asSuperuser()
    await superuser.query("SET session_replication_role = 'replica'")
    await superuser.query('UPDATE person_keys SET sealed = NULL, destroyed_at = now()')
    expect(await audit('verify', '--head', 'kept.jws', '--keys', 'jwks.json')).toMatchObject({ exit: 0 })
    await audit('export', '--out', 'erased.ndjson')
    expect(await elsewhere('erased.ndjson', '--head', 'kept.jws')).toMatchObject({ exit: 0 })
    expect(readFileSync(join(root, 'log.ndjson'), 'utf8')).toContain('Lovelace')
    for (const word of ['Lovelace', 'ada@example.com', '203.0.113.7'])
      expect(readFileSync(join(root, 'erased.ndjson'), 'utf8')).not.toContain(word)
    await superuser.end()
  })

  it('no head is nothing on standard output, and another exit code: `audit head > kept.jws` keeps no sentence', async () => {
    const superuser = await asSuperuser()
    await superuser.query("SET session_replication_role = 'replica'")
    await superuser.query('CREATE TEMP TABLE signed AS SELECT * FROM audit_checkpoints')
    await superuser.query('DELETE FROM audit_checkpoints')
    expect(await audit('head')).toMatchObject({ exit: 75, stdout: '', stderr: expect.stringContaining('No head') })
    await superuser.query('INSERT INTO audit_checkpoints SELECT * FROM signed')
    await superuser.end()
    expect(await audit('head')).toMatchObject({ exit: 0 })
  })

  it('of an unchanged log the doctor has nothing to say, of a changed one that it is', async () => {
    const examined = () => auditCheck.examine({ config, target: held.target, log })
    const nightly = () =>
      verifyNightly({ owner: services.database.owner, clock, log, record: services.events.recordEvent })
    expect(await examined()).toMatchObject([{ level: 'warn' }])
    expect(await nightly()).toBeUndefined()
    expect(await examined()).toMatchObject([{ level: 'ok' }])
    const superuser = await asSuperuser()
    await happens('to be changed')
    await sign()
    await superuser.query("SET session_replication_role = 'replica'")
    await superuser.query(`UPDATE events SET target_id = 'other' WHERE after ->> 'note' = 'to be changed'`)
    await superuser.end()
    expect(await nightly()).toMatchObject({ wrong: 'changed' })
    expect(await examined()).toMatchObject([
      { level: 'fail', text: expect.stringMatching(/not what was written: entry \d+/) },
    ])
  })

  it('a break that was looked into is none to stop at, and one that everybody is told of', async () => {
    const superuser = await asSuperuser()
    await superuser.query("SET session_replication_role = 'replica'")
    await superuser.query(`DELETE FROM events WHERE after ->> 'note' IN ('note 11', 'note 12')`)
    const file = async () => {
      await sign()
      await audit('export', '--out', 'known.ndjson', '--force')
      return Promise.all([elsewhere('known.ndjson', '--head', 'kept.jws', '--json'), theirs('known.ndjson')])
    }
    const unsaid = await audit('acknowledge', '--yes')
    expect(unsaid).toMatchObject({ exit: 64, stderr: expect.stringContaining('with a reason') })
    expect(unsaid.stderr).toMatch(/entries? \d+.* \((before|behind|between) the .*signed heads? at .*: removed, /)
    // Without a terminal nobody is asked, and nobody has said yes.
    expect((await audit('acknowledge', '--reason', 'TICKET-7')).exit).not.toBe(0)
    expect((await file())[1]).toMatchObject({ right: false })

    const done = await audit('acknowledge', '--yes', '--reason', 'TICKET-7: restored by hand')
    expect(done).toMatchObject({ exit: 0, stdout: expect.stringContaining('go on behind it') })
    const known = await audit('verify', '--keys', 'jwks.json')
    expect(known).toMatchObject({ exit: 2, stdout: expect.stringMatching(/^THE LOG WAS BROKEN, which an operator /) })
    expect(known.stdout).toContain('TICKET-7: restored by hand')
    expect(known.stdout).toContain('All else that is here is right')
    expect(await auditCheck.examine({ config, target: held.target, log })).toMatchObject([{ level: 'ok' }])
    const [ours, others] = await file()
    expect([ours.exit, JSON.parse(ours.stdout)]).toMatchObject([2, { right: false, finding: null }])
    expect(others).toMatchObject({ right: false, acknowledged: [{ reason: 'TICKET-7: restored by hand' }] })

    // One more, and it is as it was before; also to whoever reads nothing but the file.
    await superuser.query(`UPDATE events SET target_id = 'once more' WHERE after ->> 'note' = 'to be changed'`)
    await superuser.end()
    expect(await audit('verify')).toMatchObject({ exit: 1, stdout: expect.stringContaining('AN ENTRY WAS CHANGED') })
    const [again, andTheirs] = await file()
    expect(again.exit).toBe(1)
    expect(andTheirs).toMatchObject({ right: false, what: expect.stringContaining('changed') })
  })

  it('takes apart lines at their end alone: names may hold what others take for one', async () => {
    const [first = ''] = readFileSync(join(root, 'log.ndjson'), 'utf8').split('\n')
    writeFileSync(join(root, 'twice.ndjson'), `${first}\n${first}\n`)
    expect(await theirs('twice.ndjson')).toMatchObject({ right: false, what: expect.stringContaining('second log') })
  })
})

async function asSuperuser(): Promise<Client> {
  if (held.target.kind !== 'embedded') throw new Error('another database')
  const client = new Client({ host: held.target.socketDir, user: 'hearthkey_super', database: 'hearthkey' })
  return client.connect()
}
