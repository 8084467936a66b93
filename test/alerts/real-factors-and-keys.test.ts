import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { createAcknowledging } from '../../src/audit/acknowledging/service.ts'
import { appendToChain } from '../../src/audit/chain/append.ts'
import { verifyNightly } from '../../src/audit/verify/nightly.ts'
import { codeAt } from '../../src/credentials/totp/codes.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { chainOf } from '../../src/instance/chain.ts'
import { holderOf } from '../credentials/factor-support.ts'
import { by, orgsWorld } from '../orgs/support.ts'
import { createTestInstance } from '../support/instance.ts'
import { captureLog } from '../support/log.ts'
import { alertsOf } from './alerts-of.ts'

describe('[DRP-15] an alert is raised by what the real service writes', () => {
  it('of a factor that is taken away: an app, backup codes; each once for a person, who is quiet then', async () => {
    const world = await orgsWorld()
    const { factors, users } = world.people
    const { app } = world.services.database
    const enrolled = async (name: string) => {
      const id = await world.person(name)
      const person = await users.find(id)
      if (!person) throw new Error('nobody')
      const holder = holderOf(name)
      await factors.totps.offer(holder, id)
      const offer = await factors.totps.offered(holder, person)
      if (!offer) throw new Error('nothing is offered')
      const code = codeAt(offer.secret, Math.floor(world.clock.now().getTime() / 30_000))
      const added = await inTransaction(app, (tx) =>
        factors.totps.add(tx, by, { holder, user: id, code, name: 'Phone' }),
      )
      if (!added.ok) throw new Error(added.error)
      return { id, totp: added.value.id }
    }
    const [ada, grace] = [await enrolled('Ada'), await enrolled('Grace')]
    await inTransaction(app, (tx) => factors.totps.remove(tx, by, { user: ada.id, id: ada.totp }))
    await inTransaction(app, (tx) => factors.backupCodes.generate(tx, by, grace.id))
    await inTransaction(app, (tx) => factors.backupCodes.removeAllOf(tx, by, grace.id))
    expect((await alertsOf(world)).map(({ rule, action, subject }) => [rule, action, subject])).toEqual([
      ['factor-removed', 'totp.removed', ada.id],
      ['factor-removed', 'backup_codes.removed', grace.id],
    ])
  })

  it('of a master key that is rotated; and of the first keys of an instance nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hearthkey-master-'))
    const keysDir = join(folder, 'keys')
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    cpSync(inject('postgres').keysDir, keysDir, { recursive: true })
    const instance = await createTestInstance({ env: { KEYS_DIR: keysDir } })
    expect(await alertsOf(instance)).toEqual([])
    const { to } = await instance.services.keyring.rotateMasterKey()
    expect((await alertsOf(instance)).map(({ rule, action, subject }) => [rule, action, subject])).toEqual([
      ['key-rotated', 'master_key.rotated', to],
    ])
  })

  it('of a break of the log, and of whoever says that it is known', async () => {
    const { services, clock, database, ...world } = await orgsWorld()
    const { owner } = services.database
    const { log } = captureLog()
    await world.person('Ada')
    const append = () => appendToChain(chainOf({ services, log, clock }))
    await append()
    const admin = await database.superuser()
    await admin.query("SET session_replication_role = 'replica'")
    await admin.query("UPDATE events SET target_id = 'another' WHERE action = 'user.created'")
    await admin.query("SET session_replication_role = 'origin'")
    const deps = { owner, clock, log, record: services.events.recordEvent, append }
    await verifyNightly(deps)
    const acknowledging = createAcknowledging(deps)
    await acknowledging.acknowledge(await acknowledging.find(), 'a test of ours')
    const raised = await alertsOf({ services, clock })
    expect(raised.filter(({ rule }) => rule === 'chain-broken').map(({ action }) => action)).toEqual([
      'audit.chain_broken',
      'audit.break_acknowledged',
    ])
  })
})
