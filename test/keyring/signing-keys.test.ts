import { createVerify, sign, verify } from 'node:crypto'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import type { Listener } from '../../src/db/listener.ts'
import { PROPAGATION_MS } from '../../src/keyring/propagation.ts'
import type { Sealer } from '../../src/keyring/seal/sealer.ts'
import { type KeySnapshot, openKeySet } from '../../src/keyring/signing/key-set.ts'
import { exportMaterial, generateMaterial, importMaterial } from '../../src/keyring/signing/material.ts'
import { nextRotationAt } from '../../src/keyring/signing/schedule.ts'
import { type SigningKeys, signingKeys } from '../../src/keyring/signing/service.ts'
import type { SigningKeyPolicy } from '../../src/keyring/signing/signing-key.ts'
import { sweepErasedKeys } from '../../src/keyring/signing/store.ts'
import { eventually } from '../support/eventually.ts'
import { HandListener, type KeyringWorld, keyringWorld } from './support.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const policy: SigningKeyPolicy = {
  algorithm: 'ES256',
  modulusLength: 2048,
  rotateEvery: 90 * DAY,
  publishBefore: DAY,
  longestTokenLifetime: HOUR,
}

async function signingWorld(differently: Partial<SigningKeyPolicy> = {}) {
  const world = await keyringWorld()
  const keyring = await world.open()
  const service = (policyNow: Partial<SigningKeyPolicy> = differently): SigningKeys =>
    signingKeys({
      owner: world.database.owner,
      instance: keyring.instance,
      policy: { ...policy, ...policyNow },
      clock: world.clock,
      record: world.collected.record,
    })
  const keySet = (listener: Pick<Listener, 'connected' | 'subscribe'> = new HandListener()) =>
    openKeySet({
      db: world.database.app,
      instance: keyring.instance,
      listener,
      clock: world.clock,
      log: world.log.log,
    })
  const keys = service()
  await keys.ensure()
  return { world, keyring, keys, service, keySet }
}

const statesOf = async (keys: SigningKeys) =>
  (await keys.list()).map(({ state }) => state).sort((a, b) => a.localeCompare(b))
const kidOf = async (keys: SigningKeys, state: string) => {
  const kid = (await keys.list()).find((row) => row.state === state)?.kid
  if (!kid) throw new Error(`no ${state} key`)
  return kid
}
const damage = async (world: KeyringWorld, kid: string) => {
  const superuser = await world.database.superuser()
  await superuser.query('SET session_replication_role = replica')
  await superuser.query(
    'UPDATE signing_keys SET sealed = set_byte(sealed, 30, get_byte(sealed, 30) # 1) WHERE kid = $1',
    [kid],
  )
}

describe('the first start', () => {
  it('has an active key and a next one, also when five processes start at once', async () => {
    const world = await keyringWorld()
    const keyring = await world.open()
    const start = () =>
      signingKeys({
        ...world,
        owner: world.database.owner,
        instance: keyring.instance,
        policy,
        record: world.collected.record,
      })
    await Promise.all(Array.from({ length: 5 }, () => start().ensure()))
    expect(await statesOf(start())).toEqual(['active', 'next'])
    await start().ensure()
    expect(await statesOf(start())).toEqual(['active', 'next'])
    expect(world.collected.actions().slice(2)).toEqual(['key.created', 'key.activated', 'key.created'])
  })

  it('replaces a next key that is not of the kind configured now, and leaves the active one in use', async () => {
    const { keys, service } = await signingWorld()
    const active = await kidOf(keys, 'active')
    await service({ algorithm: 'EdDSA' }).ensure()
    expect((await keys.list()).map(({ algorithm, state }) => `${algorithm} ${state}`)).toEqual([
      'ES256 active',
      'ES256 gone',
      'EdDSA next',
    ])
    expect(await kidOf(keys, 'active')).toBe(active)
  })

  it('is refused by the database two active or two next keys', async () => {
    const { world } = await signingWorld()
    for (const state of ['active', 'next'])
      await expect(
        sql`INSERT INTO signing_keys (id, kid, algorithm, state, sealed, created_at, activated_at)
          SELECT gen_random_uuid(), 'other', algorithm, state, sealed, created_at, activated_at
          FROM signing_keys WHERE state = ${state}`.execute(world.database.owner),
      ).rejects.toMatchObject({ code: '23505' })
  })
})

describe('[MOS-1] a rotation of the signing keys', () => {
  it('publishes a key before it signs, and publishes the old one until its last token has died', async () => {
    const { world, keys, keySet } = await signingWorld()
    const [active, next] = [await kidOf(keys, 'active'), await kidOf(keys, 'next')]
    const published = async () => (await (await keySet()).fresh()).published.map(({ kid }) => kid)
    expect(await published()).toEqual([active, next])

    expect(await keys.rotate()).toEqual({
      ok: false,
      error: { reason: 'too-young', readyAt: new Date(world.clock.now().getTime() + DAY) },
    })
    world.clock.advance(DAY)
    expect(await keys.rotate()).toEqual({ ok: true, value: { active: next, retired: active } })
    expect(await published()).toEqual([next, await kidOf(keys, 'next'), active])

    world.clock.advance(HOUR)
    expect((await keys.maintain()).erased, 'the last token may live').toEqual([])
    world.clock.advance(PROPAGATION_MS)
    expect(await keys.maintain()).toEqual({ rotated: false, erased: [active] })
    expect(await published()).toEqual([next, await kidOf(keys, 'next')])
    const gone = (await keys.list()).find(({ kid }) => kid === active)
    expect(gone).toMatchObject({ state: 'gone', sealed: null, gone_at: world.clock.now() })
  })

  it('can be forced before the next key has been published for long', async () => {
    const { world, keys } = await signingWorld()
    const next = await kidOf(keys, 'next')
    expect(await keys.rotate({ force: true })).toMatchObject({ ok: true, value: { active: next } })
    const activated = () => world.collected.events.filter(({ action }) => action === 'key.activated')
    expect(
      activated().map(({ after }) => after?.['early']),
      'and the log says so',
    ).toEqual([undefined, true])
    world.clock.advance(policy.publishBefore)
    expect(await keys.rotate({ force: true })).toMatchObject({ ok: true })
    expect(activated().at(-1)?.after).not.toHaveProperty('early')
  })

  it('happens by itself when it is due, once, however many instances look', async () => {
    const { world, keys } = await signingWorld()
    const due = nextRotationAt(await keys.list(), policy)
    expect(due).toEqual(new Date(world.clock.now().getTime() + 90 * DAY))
    world.clock.advance(90 * DAY - 1)
    expect(await keys.maintain()).toMatchObject({ rotated: false })
    world.clock.advance(1)
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => keys.maintain()))
    expect(outcomes.filter(({ rotated }) => rotated)).toHaveLength(1)
    expect(await statesOf(keys)).toEqual(['active', 'next', 'retired'])
  })

  it('waits for the next key to have been published, however overdue it is', async () => {
    const { world, keys } = await signingWorld()
    world.clock.advance(91 * DAY)
    await keys.retire(await kidOf(keys, 'next'))
    expect(await keys.maintain()).toMatchObject({ rotated: false })
    world.clock.advance(DAY)
    expect(await keys.maintain()).toMatchObject({ rotated: true })
  })

  it('does not put a key into use that does not open', async () => {
    const { world, keys } = await signingWorld()
    await damage(world, await kidOf(keys, 'next'))
    await expect(keys.rotate({ force: true })).rejects.toMatchObject({ code: 'keyring-damaged' })
    expect(await statesOf(keys)).toEqual(['active', 'next'])
    await keys.ensure()
    expect(await keys.rotate({ force: true })).toMatchObject({ ok: true })
  })
})

describe('retiring and revoking', () => {
  it('retires the active key in good order, a next key at once, and says what it cannot retire', async () => {
    const { world, keys } = await signingWorld()
    const [first, second] = [await kidOf(keys, 'active'), await kidOf(keys, 'next')]
    expect(await keys.retire(first)).toMatchObject({ ok: false, error: { reason: 'too-young' } })
    world.clock.advance(DAY)
    expect(await keys.retire(first)).toMatchObject({ ok: true, value: { active: second } })
    expect(await keys.retire(first)).toMatchObject({ ok: false, error: { reason: 'already-retired' } })
    const third = await kidOf(keys, 'next')
    expect(await keys.retire(third)).toMatchObject({ ok: true, value: { active: second } })
    expect(await keys.retire(third)).toMatchObject({ ok: false, error: { reason: 'already-gone' } })
    expect(await keys.retire('nobody')).toMatchObject({ ok: false, error: { reason: 'not-found' } })
    expect(await statesOf(keys)).toEqual(['active', 'gone', 'next', 'retired'])
  })

  it('takes a compromised active key out of JWKS at once, destroys it, and replaces it at once', async () => {
    const { world, keys, keySet } = await signingWorld()
    const [stolen, next] = [await kidOf(keys, 'active'), await kidOf(keys, 'next')]
    expect(await keys.revoke(stolen)).toEqual({ ok: true, value: { active: next } })
    const { active, published } = await (await keySet()).fresh()
    expect(active.kid).toBe(next)
    expect(published.map(({ kid }) => kid)).not.toContain(stolen)
    expect(await statesOf(keys)).toEqual(['active', 'gone', 'next'])
    const row = (await keys.list()).find(({ kid }) => kid === stolen)
    expect(row).toMatchObject({ sealed: null, revoked_at: world.clock.now() })
    expect(await keys.revoke(stolen)).toMatchObject({ ok: false, error: { reason: 'already-gone' } })
    expect(await keys.revoke('nobody')).toMatchObject({ ok: false, error: { reason: 'not-found' } })
    expect(world.collected.actions().slice(-3)).toEqual(['key.revoked', 'key.activated', 'key.created'])
  })

  it('revokes a next key and a retired one without touching the active', async () => {
    const { keys } = await signingWorld()
    await keys.rotate({ force: true })
    const active = await kidOf(keys, 'active')
    expect(await keys.revoke(await kidOf(keys, 'next'))).toEqual({ ok: true, value: { active } })
    expect(await keys.revoke(await kidOf(keys, 'retired'))).toEqual({ ok: true, value: { active } })
    expect(await statesOf(keys)).toEqual(['active', 'gone', 'gone', 'next'])
  })

  it('replaces a compromised active key even when the next one is damaged', async () => {
    const { world, keys, keySet } = await signingWorld()
    const next = await kidOf(keys, 'next')
    await damage(world, next)
    const revoked = await keys.revoke(await kidOf(keys, 'active'))
    expect(revoked.ok && revoked.value.active).not.toBe(next)
    expect((await (await keySet()).fresh()).active.kid).toBe(revoked.ok && revoked.value.active)
  })

  it('leaves no copy of a revoked or erased key in the file of the table', async () => {
    const { world, keys } = await signingWorld()
    const superuser = await world.database.superuser()
    const sealedOf = async (kid: string) => (await keys.list()).find((row) => row.kid === kid)?.sealed
    const holds = async (sealed: Buffer | null | undefined) => {
      await superuser.query('CHECKPOINT')
      const { rows } = await superuser.query(
        `SELECT position($1::bytea IN pg_read_binary_file(pg_relation_filepath('signing_keys'))) > 0 AS holds`,
        [sealed],
      )
      return rows[0].holds
    }
    const file = async () => (await superuser.query(`SELECT pg_relation_filenode('signing_keys') AS node`)).rows[0].node
    // A row stays as long as any older transaction of the cluster, such as another test's, could still see it.
    const isGone = (sealed: Buffer | null | undefined) =>
      eventually(async () => {
        if (!(await holds(sealed))) return true
        await sweepErasedKeys(world.database.owner)
        return undefined
      })
    const [first, second] = [await kidOf(keys, 'active'), await kidOf(keys, 'next')]
    const [revoked, retired] = [await sealedOf(first), await sealedOf(second)]
    expect(await holds(revoked)).toBe(true)
    const before = await file()
    await keys.revoke(first)
    const afterRevoke = await file()
    expect(afterRevoke).not.toBe(before)
    expect(await isGone(revoked)).toBe(true)
    expect(await holds(retired)).toBe(true)
    await keys.rotate({ force: true })
    world.clock.advance(HOUR + PROPAGATION_MS)
    const swept = await file()
    expect((await keys.maintain()).erased).toEqual([second])
    expect(await file()).not.toBe(swept)
    expect(await isGone(retired)).toBe(true)
  })

  it('revokes although somebody reads the table for long', async () => {
    const { world, keys } = await signingWorld()
    const stolen = await kidOf(keys, 'active')
    await world.database.app.transaction().execute(async (tx) => {
      await sql`SELECT FROM signing_keys`.execute(tx)
      expect(await keys.revoke(stolen)).toMatchObject({ ok: true })
    })
    expect((await keys.list()).find(({ kid }) => kid === stolen)).toMatchObject({ state: 'gone', sealed: null })
  })

  it.each(['app', 'owner'] as const)('cannot be undone in the database by hearthkey_%s', async (role) => {
    const { world, keys } = await signingWorld()
    const stolen = await kidOf(keys, 'active')
    const sealed = (await keys.list()).find(({ kid }) => kid === stolen)?.sealed
    await keys.revoke(stolen)
    const before = await keys.list()
    for (const attempt of [
      sql`UPDATE signing_keys SET state = 'retired', retired_at = now(), gone_at = NULL, sealed = ${sealed} WHERE kid = ${stolen}`,
      sql`UPDATE signing_keys SET revoked_at = NULL WHERE kid = ${stolen}`,
      sql`DELETE FROM signing_keys WHERE kid = ${stolen}`,
      sql`TRUNCATE signing_keys`,
    ])
      await expect(attempt.execute(world.database[role])).rejects.toMatchObject({ code: '42501' })
    expect(await keys.list()).toEqual(before)
  })

  it('changes nothing that is not recorded', async () => {
    const { world, keyring, keys } = await signingWorld()
    const before = await keys.list()
    const unrecorded = signingKeys({
      owner: world.database.owner,
      instance: keyring.instance,
      policy,
      clock: world.clock,
      record: () => Promise.reject(new Error('no log')),
    })
    await expect(unrecorded.rotate({ force: true })).rejects.toThrow('no log')
    await expect(unrecorded.revoke(before[0]?.kid ?? '')).rejects.toThrow('no log')
    expect(await keys.list()).toEqual(before)
  })
})

describe('the material', () => {
  it.each([
    { algorithm: 'RS256', modulusLength: 2048 },
    { algorithm: 'RS256', modulusLength: 3072 },
    { algorithm: 'ES256', modulusLength: 2048 },
    { algorithm: 'EdDSA', modulusLength: 2048 },
  ] as const)('of $algorithm ($modulusLength) signs, and its public half verifies', async (kind) => {
    const made = await generateMaterial(kind)
    const again = await importMaterial(exportMaterial(made), kind.algorithm)
    const digest = kind.algorithm === 'EdDSA' ? null : 'sha256'
    const signature = sign(digest, Buffer.from('text'), again.privateKey)
    expect(verify(digest, Buffer.from('text'), { key: made.publicJwk, format: 'jwk' }, signature)).toBe(true)
    expect(again.kid).toBe(made.kid)
    expect(made.publicJwk).toMatchObject({ kid: made.kid, alg: kind.algorithm, use: 'sig' })
    for (const privatePart of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(made.publicJwk).not.toHaveProperty(privatePart)
    const wrong = kind.algorithm === 'ES256' ? 'RS256' : 'ES256'
    await expect(importMaterial(exportMaterial(made), wrong)).rejects.toThrow(TypeError)
  })

  it('is what the key says it is, not what the row says: a renamed row neither signs nor is published', async () => {
    const { world, keys, keySet } = await signingWorld()
    const superuser = await world.database.superuser()
    await superuser.query('SET session_replication_role = replica')
    await superuser.query(`UPDATE signing_keys SET kid = 'attacker' WHERE state = 'next'`)
    const { published } = await (await keySet()).fresh()
    expect(published).toHaveLength(1)
    await superuser.query(`UPDATE signing_keys SET kid = 'attacker2' WHERE state = 'active'`)
    await expect(keySet()).rejects.toMatchObject({ code: 'keyring-damaged' })
    expect(await keys.list()).toHaveLength(2)
  })
})

describe('the set of keys in memory', () => {
  it('signs with the active key, and its JWKS has bytes and an ETag made once', async () => {
    const { keys, keySet } = await signingWorld()
    const set = await keySet()
    const snapshot = await set.fresh()
    expect(snapshot.active.kid).toBe(await kidOf(keys, 'active'))
    const document: unknown = JSON.parse(snapshot.jwks.body.toString())
    expect(document).toEqual({ keys: snapshot.published.map(({ publicJwk }) => publicJwk) })
    expect(snapshot.jwks.body.toString()).not.toContain('"d"')
    expect(snapshot.jwks.etag).toMatch(/^"[\w-]{43}"$/)
    const signature = sign('sha256', Buffer.from('x'), snapshot.active.privateKey)
    expect(createVerify('sha256').update('x').verify(snapshot.active.publicKey, signature)).toBe(true)
    expect((await set.fresh()).active.privateKey, 'imported once').toBe(snapshot.active.privateKey)
  })

  it('hears of a rotation on every instance, without a restart, and imports only what is new', async () => {
    const { world, keys, keySet } = await signingWorld()
    const listener = await world.database.listen()
    try {
      const set = await keySet(listener)
      const before = await set.fresh()
      const changes: string[] = []
      const stop = set.onChange(({ active }) => changes.push(active.kid))
      await keys.rotate({ force: true })
      await expect.poll(() => changes).toEqual([await kidOf(keys, 'active')])
      const now = await set.fresh()
      expect(now.active).toBe(before.published[1])
      expect(now.jwks.etag).not.toBe(before.jwks.etag)
      stop()
      await keys.rotate({ force: true })
      await expect.poll(async () => (await set.fresh()).active.kid).toBe(await kidOf(keys, 'active'))
      expect(changes).toHaveLength(1)
    } finally {
      await listener.close()
    }
  })

  it('does not trust itself while it hears nothing, nor after', async () => {
    const { world, keys, keySet } = await signingWorld()
    const listener = new HandListener()
    const set = await keySet(listener)
    listener.connected = false
    const stolen = (await set.fresh()).active.kid
    await keys.revoke(stolen)
    world.clock.advance(2_000)
    expect((await set.fresh()).published.map(({ kid }) => kid)).not.toContain(stolen)

    const second = (await set.fresh()).active.kid
    await keys.revoke(second)
    listener.connected = true
    expect((await set.fresh()).active.kid, 'after the silence').not.toBe(second)
  })

  it('does not vouch for what it read before news that came while it was reading', async () => {
    const { world, keyring, keys } = await signingWorld()
    const listener = new HandListener()
    const reading = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    let slow = false
    const instance: Sealer = {
      ...keyring.instance,
      open: async (place, sealed) => {
        if (slow) {
          reading.resolve()
          await goOn.promise
        }
        return keyring.instance.open(place, sealed)
      },
    }
    const set = await openKeySet({ ...world, db: world.database.app, instance, listener, log: world.log.log })
    await keys.rotate({ force: true })
    slow = true
    const asked: Promise<KeySnapshot>[] = []
    set.onChange(() => setImmediate(() => asked.push(Promise.resolve(set.fresh()))))
    listener.say()
    await reading.promise
    const stolen = await kidOf(keys, 'active')
    await keys.revoke(stolen)
    listener.say()
    goOn.resolve()
    await expect.poll(() => asked.length).toBeGreaterThan(0)
    for (const snapshot of await Promise.all(asked)) expect(snapshot.active.kid).not.toBe(stolen)
  })

  it('looks again when the clock was set back, though it hears', async () => {
    const { world, keys, keySet } = await signingWorld()
    const set = await keySet(new HandListener())
    const stolen = (await set.fresh()).active.kid
    await keys.revoke(stolen)
    expect((await set.fresh()).active.kid, 'nothing was heard yet').toBe(stolen)
    world.clock.advance(-HOUR)
    expect((await set.fresh()).active.kid).not.toBe(stolen)
  })

  it('reloads after a gap, and now and then although it hears nothing new', async () => {
    const { world, keys, keySet } = await signingWorld()
    const listener = new HandListener()
    const set = await keySet(listener)
    const first = (await set.fresh()).active.kid
    await keys.revoke(first)
    expect((await set.fresh()).active.kid, 'nothing was heard yet').toBe(first)
    listener.gap()
    const second = (await set.fresh()).active.kid
    expect(second).not.toBe(first)
    await keys.revoke(second)
    world.clock.advance(300_000)
    expect((await set.fresh()).active.kid).not.toBe(second)
  })

  it('answers nothing rather than a key it can no longer vouch for', async () => {
    const { world, keySet } = await signingWorld()
    const listener = new HandListener()
    const set = await keySet(listener)
    await sql`REVOKE SELECT ON signing_keys FROM hearthkey_app`.execute(world.database.owner)
    listener.connected = false
    world.clock.advance(2_000)
    await expect(set.fresh()).rejects.toThrow()
  })

  it('does not go on with the old keys while the one who was told of the new fails', async () => {
    const { keys, keySet } = await signingWorld()
    const listener = new HandListener()
    const set = await keySet(listener)
    let failing = true
    set.onChange(() => {
      if (failing) throw new Error('the provider could not be built')
    })
    await keys.rotate({ force: true })
    listener.say()
    await expect(set.fresh()).rejects.toThrow('the provider could not be built')
    await expect(set.fresh()).rejects.toThrow('the provider could not be built')
    failing = false
    expect((await set.fresh()).active.kid).toBe(await kidOf(keys, 'active'))
  })

  it('publishes without a retired key that is damaged, and says so', async () => {
    const { world, keys, keySet } = await signingWorld()
    await keys.rotate({ force: true })
    const retired = await kidOf(keys, 'retired')
    await damage(world, retired)
    expect((await (await keySet()).fresh()).published).toHaveLength(2)
    expect(world.log.text()).toContain(retired)
  })
})
