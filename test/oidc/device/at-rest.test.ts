import { describe, expect, it } from 'vitest'
import { type House, openHouse } from '../support.ts'
import { addDevice, answer, begin, letIn, look, poll, userAgent } from './support.ts'

/** Every text and byte that any table holds. */
async function everything(house: House): Promise<string> {
  const root = await house.database.superuser()
  const { rows: tables } = await root.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
  )
  const texts: string[] = []
  for (const { name } of tables) {
    const { rows } = await root.query<{ text: string }>(`SELECT t::text AS text FROM "${name}" t`)
    texts.push(...rows.map(({ text }) => text))
  }
  return texts.join('\n')
}

describe('what a device shows and holds', () => {
  it('stands in no table: neither what is typed nor what is polled with, nor what the device said of itself', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await addDevice(house)
    const begun = await begin(house, client.id)
    const browser = house.browser()
    const at = await look(house, browser, begun.user_code)
    const secrets = [begun.device_code, begun.user_code, begun.user_code.replace('-', ''), userAgent]
    const hex = secrets.map((text) => Buffer.from(text).toString('hex'))
    for (const moment of ['waiting', 'answered'] as const) {
      if (moment === 'answered') await answer(house, browser, at)
      const held = await everything(house)
      expect([...secrets, ...hex].filter((text) => held.includes(text)).map((text) => [moment, text])).toEqual([])
    }
    expect((await poll(house, client, begun.device_code)).status).toBe(200)
  })

  it('leaves nothing of what was typed once it was answered', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await addDevice(house)
    const begun = await begin(house, client.id)
    await letIn(house, begun.user_code)
    const root = await house.database.superuser()
    const { rows } = await root.query(
      `SELECT user_code_hash, sealed, user_id IS NOT NULL AS bound FROM oidc_artifacts WHERE kind = 'DeviceCode'`,
    )
    expect(rows).toEqual([{ user_code_hash: null, sealed: null, bound: true }])
  })

  it('gives whoever reads the table nothing to poll with: the name of its row is no device code', async () => {
    const house = await openHouse()
    await house.addPerson()
    const client = await addDevice(house)
    const begun = await begin(house, client.id)
    const root = await house.database.superuser()
    const { rows } = await root.query<{ id_hash: Buffer }>(
      `SELECT id_hash FROM oidc_artifacts WHERE kind = 'DeviceCode'`,
    )
    const name = rows[0]?.id_hash.toString('base64url') ?? ''
    for (const moment of ['waiting', 'answered']) {
      if (moment === 'answered') await letIn(house, begun.user_code)
      for (const code of [`:${name}`, name])
        expect([moment, (await poll(house, client, code)).body['error']]).toEqual([moment, 'invalid_grant'])
    }
    expect((await poll(house, client, begun.device_code)).status).toBe(200)
  })
})
