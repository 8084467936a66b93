import { expect, it } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { configFile } from '../support/scratch.ts'
import { undisturbedSince } from '../support/undisturbed.ts'
import { openHouse } from './support.ts'

const yaml = 'database: { poolSize: 1, connectionWait: 500ms }'

it('who finds every connection taken for as long as the operator says is told to come again, and then served', async () => {
  const house = await openHouse({ env: { CONFIG_FILE: configFile(yaml) } })
  const ask = () =>
    fetch(`${house.issuer}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('cl_nobody:nothing')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
  await inTransaction(house.services.database.app, async () => {
    const waited = undisturbedSince()
    const answer = await ask()
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
    expect(waited()).toBeLessThan(1400)
  })
  expect((await ask()).status).toBe(401)
})
