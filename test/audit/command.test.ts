import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { linesOfFile } from '../../src/audit/verify/source/file.ts'
import { verifyLog } from '../../src/audit/verify/verify.ts'
import { loadConfig } from '../../src/config/config.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { openPeople } from '../../src/instance/people.ts'
import { prepareDatabase } from '../../src/instance/prepare.ts'
import { openServices, type Services } from '../../src/instance/services.ts'
import { type HeldTarget, ownTarget } from '../../src/instance/target.ts'
import { cli } from '../support/cli.ts'
import { frozenClock } from '../support/clock.ts'
import { captureLog } from '../support/log.ts'
import { settle } from '../support/settled-home.ts'

const clock = frozenClock()
const { log } = captureLog()
const by = { actor: { kind: 'operator', id: 'test' }, ip: '203.0.113.7', userAgent: 'Firefox' } as const
let root: string
let held: HeldTarget
let services: Services
let env: Record<string, string>
let ada: string

const run = (...args: string[]) => cli(['audit', ...args], { env, cwd: root, clock })
const answer = async (...args: string[]) => {
  const { exit, stdout, stderr } = await run(...args, '--json')
  if (exit !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'hearthkey-audit-'))
  env = { DATA_DIR: join(root, 'data'), KEYS_DIR: join(root, 'keys') }
  const { config } = loadConfig({ env, cwd: root })
  await settle(root)
  held = await ownTarget(config, log)
  await prepareDatabase(held.target, { clock, log })
  const actor = { kind: 'system', id: 'test' } as const
  services = await openServices({ config, target: held.target, clock, log, actor, bootstrap: true })
  const people = openPeople({ ...services, config, clock, log })
  const made = await people.users.create(by, { email: 'ada@example.com', name: 'Ada' })
  if (!made.ok) throw new Error(made.error)
  ada = made.value.id
  await people.close()
  await inTransaction(services.database.app, async (tx) => {
    const formula = '=HYPERLINK("https://evil.example")'
    await services.events.recordEvent(tx, { ...by, userAgent: formula }, { action: 'api.updated', target: 'formulas' })
    await services.events.recordEvent(
      tx,
      { ...by, requestId: 'req-1', userAgent: `Firefox;=cmd|'/c calc'!A1` },
      {
        action: 'client.updated',
        target: 'shop',
        before: { public: { name: 'Shop', redirectUris: ['https://a.example'] } },
        after: {
          public: { name: 'Der Shop', redirectUris: ['https://a.example'], note: 'a,"b"\nc;=1+1\u009b31m\u202e' },
        },
      },
    )
  })
})

afterAll(async () => {
  await services.close()
  await held.release()
  rmSync(root, { recursive: true, force: true })
})

describe('hearthkey audit list and show [MON-13] [TOS-6]', () => {
  it('shows who did what, the newest first, and goes on behind a page', async () => {
    const { stdout, exit } = await run('list', '--actor', 'operator:test', '--limit', '1')
    expect(exit).toBe(0)
    expect(stdout).toMatch(/^TIME \(UTC\) +ACTOR +ACTION +TARGET +WHAT HAPPENED +ID\n/)
    expect(stdout).toMatch(/2030-01-15T12:00:00\.000Z +test +client\.updated +shop/)
    const place = /There may be more: add --after (\S+)/.exec(stdout)?.[1] ?? ''
    const next = await answer('list', '--actor', 'operator:test', '--after', place)
    expect(next.events.map(({ action }: { action: string }) => action)).not.toContain('client.updated')
    const { exit: refused, stderr } = await run('list', '--action', 'user.*', '--after', place)
    expect([refused, stderr]).toEqual([65, expect.stringContaining('(audit-cursor-invalid)')])
  })

  it('finds by each of its filters', async () => {
    const actions = async (...filters: string[]) =>
      (await answer('list', ...filters)).events.map(({ action }: { action: string }) => action)
    expect(await actions('--request', 'req-1')).toEqual(['client.updated'])
    expect(await actions('--target', 'shop')).toEqual(['client.updated'])
    expect(await actions('--target', 'ada@example.com', '--action', 'user.*')).toContain('user.created')
    expect(await actions('--action', 'client.updated', '--from', '1h')).toEqual(['client.updated'])
    expect(await actions('--action', 'client.updated', '--to', '2030-01-15')).toEqual([])
    const both = await actions('--actor', 'operator:test', '--from', '2030-01-15T11:59:00Z', '--oldest-first')
    expect(both.at(-1)).toBe('client.updated')
  })

  it('says what is wrong with a filter', async () => {
    for (const [args, why] of [
      [['--action', 'user.vanished'], 'Of user there are:'],
      [['--actor', 'shop'], 'Nobody is called shop'],
      [['--from', 'yesterday'], 'Expected a time'],
      [['--from', '99999999d'], 'Expected a time since 1970'],
      [['--to', '1969-12-31'], 'Expected a time since 1970'],
    ] as const) {
      const { exit, stderr } = await run('list', ...args)
      expect([exit, stderr]).toEqual([64, expect.stringContaining(why)])
    }
  })

  it('shows all of one event, opened, with what changed', async () => {
    const { events } = await answer('list', '--request', 'req-1')
    const { stdout } = await run('show', events[0].id)
    expect(stdout).toContain('from           203.0.113.7')
    expect(stdout).toContain('with           Firefox')
    expect(stdout).toContain('  name  Shop → Der Shop')
    expect(stdout).toContain('  note  → a,"b" c')
    const { event } = await answer('show', events[0].id)
    expect(event).toMatchObject({ before: { name: 'Shop' }, after: { name: 'Der Shop' }, request: 'req-1' })
    const { exit, stderr } = await run('show', 'evt_nothing')
    expect([exit, stderr]).toEqual([65, expect.stringContaining('audit-event-not-found')])
  })
})

describe('hearthkey audit export [MON-13] [STO-12]', () => {
  it('whole, is a log that verifies, and is itself an event in it', async () => {
    const out = join(root, 'log.ndjson')
    const { exit, stdout, stderr } = await run('export', '--out', out)
    expect([exit, stdout]).toEqual([0, expect.stringContaining(`events are in ${out}`)])
    expect(stderr).toContain('exporting')
    const verdict = await verifyLog(linesOfFile(out), { heads: [], trustedKeys: undefined })
    expect(verdict.finding).toBeUndefined()
    expect(verdict.summary).toMatchObject({ complete: true })
    const lines = readFileSync(out, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.at(-1)).toMatchObject({
      type: 'entry',
      entry: { action: 'audit.exported', after: { format: 'ndjson' }, actor: { id: 'audit export' } },
    })
    expect(lines.find(({ entry }) => entry?.target.id === ada)).toMatchObject({
      opened: { ip: '203.0.113.7', userAgent: 'Firefox' },
    })
    expect(statSync(out).mode & 0o777).toBe(0o600)
  })

  it('changed by one letter, does not verify', async () => {
    const out = join(root, 'changed.ndjson')
    await run('export', '--out', out)
    writeFileSync(out, readFileSync(out, 'utf8').replace('"name":"Der Shop"', '"name":"Dir Shop"'))
    const { finding } = await verifyLog(linesOfFile(out), { heads: [], trustedKeys: undefined })
    expect(finding).toMatchObject({ wrong: 'changed' })
  })

  it('with a filter, is a part and says so', async () => {
    const { stdout } = await run('export', '--action', 'client.*')
    const [log, ...entries] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(log).toMatchObject({ type: 'log', complete: false })
    expect(entries.map(({ type, entry }) => [type, entry.action])).toEqual([['entry', 'client.updated']])
  })

  it('as CSV, is text to a spreadsheet: nothing that a stranger has written is a formula', async () => {
    const { stdout } = await run('export', '--format', 'csv', '--target', 'formulas')
    const [heads, row] = stdout.split('\n')
    expect(heads).toMatch(/^"seq","time","action","description",/)
    expect(row).toContain(`,"'=HYPERLINK(""https://evil.example"")",`)
    const shop = await run('export', '--format', 'csv', '--target', 'shop')
    expect(shop.stdout).toContain('"{""name"":""Der Shop""')
    // Where a semicolon separates, each part of it would be a cell.
    const split = shop.stdout.split(/[;,\n]/).map((part) => part.replaceAll('"', ''))
    expect(split.filter((part) => /^\s*[=+@]/.test(part))).toEqual([])
    expect(shop.stdout).toContain(";'=cmd|")
  })

  it('shows nothing that moves the cursor or turns the text, in any form', async () => {
    for (const args of [
      ['list', '--target', 'shop', '--json'],
      ['list', '--target', 'shop'],
      ['export', '--target', 'shop'],
      ['export', '--target', 'shop', '--format', 'csv'],
    ]) {
      const { stdout } = await run(...args)
      expect(stdout).toContain('shop')
      expect(stdout, args.join(' ')).not.toMatch(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/)
    }
    const { events } = await answer('list', '--target', 'shop')
    expect(events[0].after.note).toBe('a,"b"\nc;=1+1\u009b31m\u202e')
  })

  it('writes over nothing without --force, and leaves no half behind', async () => {
    const out = join(root, 'kept.ndjson')
    writeFileSync(out, 'evidence')
    const { exit, stderr } = await run('export', '--out', out)
    expect([exit, stderr, readFileSync(out, 'utf8')]).toEqual([
      64,
      expect.stringContaining('audit-file-exists'),
      'evidence',
    ])
    expect((await run('export', '--out', out, '--force')).exit).toBe(0)
    expect(readFileSync(out, 'utf8')).toContain('"type":"log"')
    const nowhere = await run('export', '--out', join(root, 'no-folder', 'log.ndjson'))
    expect([nowhere.exit, nowhere.stderr]).toEqual([74, expect.stringContaining('audit-file-unwritable')])
    const folder = await run('export', '--out', root, '--force')
    expect([folder.exit, folder.stderr]).toEqual([74, expect.stringContaining('audit-file-unwritable')])
    expect(readdirSync(root).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('stopped in the middle, leaves nothing, neither half a file nor an empty one', async () => {
    const out = join(root, 'stopped.ndjson')
    const stopping = run('export', '--out', out)
    // As the terminal does, once the command listens: until then it would end the tests.
    while (process.listenerCount('SIGHUP') === 0) await new Promise(setImmediate)
    process.emit('SIGHUP', 'SIGHUP')
    const { exit, stderr } = await stopping
    expect([exit, stderr]).toEqual([75, expect.stringContaining('(interrupted)')])
    expect(readdirSync(root).filter((name) => name.includes('stopped'))).toEqual([])
  })
})
