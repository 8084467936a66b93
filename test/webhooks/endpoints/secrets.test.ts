import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import type { JobHandler } from '../../../src/jobs/handler.ts'
import { Secret } from '../../../src/lib/secret.ts'
import { readSecret } from '../../../src/webhooks/secrets/secret.ts'
import { webhookSecretJobHandlers } from '../../../src/webhooks/secrets/sweep.ts'
import { everythingStored } from '../../mail/support.ts'
import { endpointsWorld, given, instanceAuthority, must, operator } from './support.ts'

const HOUR = 3_600_000
const runAll = async (handlers: readonly JobHandler[]) => {
  for (const { run } of handlers) await run({}, { jobId: 'a', attempt: 1, signal: new AbortController().signal })
}
const wishOf = (bytes: number) => new Secret(`whsec_${randomBytes(bytes).toString('base64')}`)

describe('the secret of a webhook', () => {
  it('[TOS-5] is 32 bytes as Standard Webhooks write them: what their library reads is what we sign with', async () => {
    const world = await endpointsWorld()
    const { id, secret } = await world.add(null)
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(await world.signing(id)).toEqual([secret])
    expect(() => new Webhook(secret).sign('evt_1', new Date(), '{}')).not.toThrow()
  })

  it('[TOS-5] signs beside the former one for the overlap, the newest first, and alone after it', async () => {
    const world = await endpointsWorld({ webhooks: { overlap: 24 * HOUR } })
    const first = await world.add(null)
    const second = must(await world.endpoints.rotateSecret(operator, instanceAuthority, first, {}))
    expect(second.formerEndsAt).toEqual(new Date(world.clock.now().getTime() + 24 * HOUR))
    expect(await world.signing(first.id)).toEqual([second.secret.reveal(), first.secret])
    world.clock.advance(24 * HOUR - 1)
    expect(await world.signing(first.id)).toHaveLength(2)
    world.clock.advance(1)
    expect(await world.signing(first.id)).toEqual([second.secret.reveal()])
  })

  it('[TOS-5] an overlap of nothing ends the former one at once, and nothing of it stays', async () => {
    const world = await endpointsWorld()
    const first = await world.add(null)
    const second = must(await world.endpoints.rotateSecret(operator, instanceAuthority, first, { overlap: 0 }))
    expect(second.formerEndsAt).toBeNull()
    expect(await world.signing(first.id)).toEqual([second.secret.reveal()])
    expect(await world.rows('webhook_secrets')).toBe(1)
  })

  it('of one endpoint two sign at most, however often and by how many at once it is rotated', async () => {
    const world = await endpointsWorld()
    const { org } = await world.company()
    const at = await world.add(org)
    const rotated = await Promise.all(
      Array.from({ length: 6 }, () => world.endpoints.rotateSecret(operator, instanceAuthority, at, {})),
    )
    const secrets = rotated.map((one) => must(one).secret.reveal())
    const live = await world.signing(at.id)
    expect(live).toHaveLength(2)
    // One after the other: none of them was rotated away unseen, and the two last ones are those that sign.
    expect(secrets).toContain(live[0])
    expect(secrets).toContain(live[1])
    expect(await world.rows('webhook_secrets')).toBe(2)
  })

  it('the former one can be ended before its time, and the last one never', async () => {
    const world = await endpointsWorld()
    const at = await world.add(null)
    const remove = () => world.endpoints.removeFormerSecret(operator, instanceAuthority, at)
    expect(await remove()).toEqual({ ok: false, error: 'no-former' })
    const { secret } = must(await world.endpoints.rotateSecret(operator, instanceAuthority, at, {}))
    must(await remove())
    expect(await world.signing(at.id)).toEqual([secret.reveal()])
    expect(await remove()).toEqual({ ok: false, error: 'no-former' })
    expect(await world.rows('webhook_secrets')).toBe(1)
  })

  it('an overlap is from nothing to 30 days', async () => {
    const world = await endpointsWorld()
    const at = await world.add(null)
    for (const overlap of [-1, 30 * 24 * HOUR + 1, Number.NaN])
      expect(await world.endpoints.rotateSecret(operator, instanceAuthority, at, { overlap })).toEqual({
        ok: false,
        error: { reason: 'overlap-invalid' },
      })
    expect(await world.signing(at.id)).toEqual([at.secret])
  })

  it.each([24, 32, 64])('one of %i bytes may be brought along from elsewhere', async (bytes) => {
    const world = await endpointsWorld()
    const [first, second] = [wishOf(bytes), wishOf(bytes)]
    const at = await world.add(null, { secret: first })
    expect(await world.signing(at.id)).toEqual([first.reveal()])
    must(await world.endpoints.rotateSecret(operator, instanceAuthority, at, { secret: second }))
    expect(await world.signing(at.id)).toEqual([second.reveal(), first.reveal()])
  })

  it('and without its prefix, as some write it', () => {
    const bytes = randomBytes(24)
    expect(readSecret(bytes.toString('base64'))?.reveal()).toEqual(bytes)
  })

  it.each([
    ['23 bytes', wishOf(23).reveal()],
    ['65 bytes', wishOf(65).reveal()],
    ['a megabyte', wishOf(1_000_000).reveal()],
    ['nothing', 'whsec_'],
    ['another alphabet', `whsec_${Buffer.alloc(32, 0xff).toString('base64url')}`],
    ['padding left out', `whsec_${Buffer.alloc(32, 1).toString('base64').replace('=', '')}`],
    ['spare bits that are set', `whsec_${Buffer.alloc(32, 0).toString('base64').replace('A=', 'B=')}`],
    ['a line break', `whsec_${Buffer.alloc(32, 1).toString('base64')}\n`],
    ['a private key of theirs', `whsk_${Buffer.alloc(32, 1).toString('base64')}`],
    ['plain words', 'correct horse battery staple correct horse'],
  ])('%s is none, and is not repeated in the refusal', async (_what, text) => {
    const world = await endpointsWorld()
    const refused = { ok: false, error: { reason: 'secret-invalid' } }
    const secret = new Secret(text)
    expect(await world.endpoints.add(operator, instanceAuthority, { ...given(null), secret })).toEqual(refused)
    expect(await world.rows('webhook_endpoints')).toBe(0)
    const at = await world.add(null)
    expect(await world.endpoints.rotateSecret(operator, instanceAuthority, at, { secret })).toEqual(refused)
  })

  it('[TOS-5] stands in no table, event or queue, in no spelling', async () => {
    const world = await endpointsWorld()
    const { org } = await world.company()
    const shown: string[] = []
    for (const organisation of [null, org]) {
      const own = wishOf(40)
      const at = await world.add(organisation, { secret: own })
      const rotated = must(await world.endpoints.rotateSecret(operator, instanceAuthority, at, {}))
      shown.push(own.reveal(), rotated.secret.reveal())
    }
    const stored = await everythingStored(world)
    for (const secret of shown) {
      const encoded = secret.slice('whsec_'.length)
      const bytes = Buffer.from(encoded, 'base64')
      for (const spelling of [encoded, encoded.slice(0, 20), bytes.toString('base64url'), bytes.toString('hex')])
        expect(stored.includes(spelling)).toBe(false)
    }
    // The search finds what is there.
    expect(stored).toContain('hooks.example.com')
  })

  it('leaves the database by itself when its overlap is over', async () => {
    const world = await endpointsWorld()
    const at = await world.add(null)
    must(await world.endpoints.rotateSecret(operator, instanceAuthority, at, { overlap: HOUR }))
    const by = { actor: { kind: 'system', id: 'webhook_secrets.sweep' } } as const
    const { database, events } = world.services
    const handlers = webhookSecretJobHandlers({
      owner: database.owner,
      by,
      record: events.recordEvent,
      clock: world.clock,
    })
    const sweep = () => runAll(handlers)
    await sweep()
    expect(await world.rows('webhook_secrets')).toBe(2)
    world.clock.advance(HOUR)
    await sweep()
    expect(await world.rows('webhook_secrets')).toBe(1)
    expect(await world.signing(at.id)).toHaveLength(1)
    expect((await world.recorded()).map(({ action, actor_kind }) => [action, actor_kind])).toEqual([
      ['webhook.created', 'operator'],
      ['webhook.secret_rotated', 'operator'],
      ['webhook.secret_removed', 'system'],
    ])
  })

  it('is gone from the database with its endpoint', async () => {
    const world = await endpointsWorld()
    const at = await world.add(null)
    must(await world.endpoints.remove(operator, instanceAuthority, at))
    expect(await world.rows('webhook_secrets')).toBe(0)
    expect(await world.signing(at.id)).toEqual([])
  })
})
