import { expect, it } from 'vitest'
import { untilSomebodyWaits } from '../../support/waiting.ts'
import { chainedDatabase } from './chained-database.ts'

it('[TOS-6] verified is one moment: what is taken away meanwhile belongs to the next time', async () => {
  const at = await chainedDatabase()
  for (let n = 0; n < 4; n++) await at.write()
  await at.append()
  await at.sign()
  const holder = await at.db.superuser()
  await holder.query('BEGIN')
  await holder.query('LOCK TABLE audit_checkpoints IN ACCESS EXCLUSIVE MODE')
  const verifying = at.verify()
  await untilSomebodyWaits(at.db.owner)
  await at.tamper('DELETE FROM events WHERE id = (SELECT event_id FROM audit_chain WHERE seq = 2)')
  await holder.query('COMMIT')
  const { finding, summary } = await verifying
  expect([finding, summary.entries]).toEqual([undefined, 4])
  expect((await at.verify()).finding).toMatchObject({ wrong: 'removed', seq: 2 })
})
