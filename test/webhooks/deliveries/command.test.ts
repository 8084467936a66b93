import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { cli } from '../../support/cli.ts'
import { eventually } from '../../support/eventually.ts'
import { startServer, temporaryHome } from '../../support/server.ts'
import { settle } from '../../support/settled-home.ts'
import { withTheFile } from '../../support/when-over.ts'
import { receiver } from './receiver.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const whenOver = withTheFile()

let home: string
let webhook: string
let secret: string
let works = true
let received: Awaited<ReturnType<typeof receiver>>

/** Beside the running server, as its operator. */
const run = (...args: string[]) => cli(['webhook', ...args], { cwd: home })
const read = async (...args: string[]) => {
  const { exit, stdout, stderr } = await run(...args, '--json')
  return { exit, stderr, read: JSON.parse(stdout || '{}') }
}

beforeAll(async () => {
  home = await temporaryHome(whenOver)
  await settle(home)
  await writeFile(join(home, 'hearthkey.yaml'), 'webhooks: { allow: [127.0.0.0/8] }\n')
  await startServer({}, home, whenOver)
  received = await receiver((it) => {
    it.statusCode = works ? 200 : 500
    it.end(works ? 'thanks' : 'not \u001b[31mtoday')
  }, whenOver)
  const added = await read('add', '--url', received.url, '--event', 'webhook.updated', '--name', 'books')
  webhook = added.read.id
  secret = added.read.secret
})

describe('[TOS-5] a running server and its operator', () => {
  it('try whether a webhook works: the command waits and says how it went', async () => {
    const { exit, stdout } = await run('test', webhook)
    expect([exit, stdout]).toEqual([0, expect.stringMatching(/^whk_\w+ has taken it: 200 after \d+ ms\.\n$/)])
    expect(received.received).toHaveLength(1)
    expect(secret).toMatch(/^whsec_/)

    works = false
    const failed = await run('test', webhook)
    works = true
    expect([failed.exit, failed.stdout]).toEqual([1, expect.stringMatching(/has not taken it: 500 after .* dlv_\w+/)])
  })

  it('look at what was sent and answered, without being shown what moves their cursor', async () => {
    const listed = await read('deliveries', webhook)
    expect(
      listed.read.deliveries.map(({ state, attempts }: { state: string; attempts: number }) => [state, attempts]),
    ).toEqual([
      ['failed', 1],
      ['delivered', 1],
    ])
    const page = await read('deliveries', webhook, '--limit', '1')
    const rest = await read('deliveries', webhook, '--before', page.read.next)
    expect(rest.read.deliveries).toHaveLength(1)
    const failed = await read('deliveries', webhook, '--failed')
    expect(failed.read.deliveries).toHaveLength(1)
    const { stdout } = await run('delivery', failed.read.deliveries[0].id)
    expect(stdout).toContain(`POST ${received.url}`)
    expect(stdout).toMatch(/webhook-timestamp: \d+/)
    expect(stdout, 'whoever reads this can sign nothing').not.toMatch(/v1,/)
    expect(stdout).toContain(received.received[1]?.body)
    expect(stdout).toContain('not \ufffd[31mtoday')
  })

  it('send something again, with the id that it had', async () => {
    const before = received.received.length
    const created = await run('update', webhook, '--name', 'ledger')
    expect([created.exit, created.stderr]).toEqual([0, ''])
    const [event] = await eventually(() => (received.ids().length > before ? received.ids().slice(before) : undefined))
    const again = await run('replay', webhook, '--event', event ?? '')
    expect([again.exit, again.stdout]).toEqual([0, expect.stringMatching(/^1 event is sent again \(evt_\w+\)\.\n$/)])
    await eventually(() => (received.ids().length > before + 1 ? true : undefined))
    expect(received.ids().slice(before)).toEqual([event, event])
    const all = await run('replay', webhook, '--all', '--from', '2020-01-01')
    expect([all.exit, all.stdout]).toEqual([0, expect.stringMatching(/^1 event is sent again/)])
    await eventually(() => (received.ids().length > before + 2 ? true : undefined))
  })

  it('are told what cannot be sent again', async () => {
    expect((await run('replay', webhook)).exit).toBe(64)
    expect((await run('replay', webhook, '--missed')).exit).toBe(64)
    expect((await run('replay', webhook, '--failed', '--missed')).exit).toBe(64)
    expect((await run('replay', webhook, '--all', '--from', '2020-02-31')).exit, 'no day of any year').toBe(64)
    expect((await run('replay', webhook, '--failed', '--from', '2030-01-15T12:00Z')).exit, 'a time').toBe(65)
    const nothing = await run('replay', webhook, '--failed')
    expect([nothing.exit, nothing.stderr]).toEqual([65, expect.stringContaining('nothing of the kind')])
    const unknown = await run('delivery', 'dlv_018f00000000700080000000000000ff')
    expect(unknown.stderr).toContain('webhook-delivery-not-found')
  })
})
