import { expect, it, onTestFinished } from 'vitest'
import { listen } from '../../src/http/server/listen.ts'
import { createTestApp } from '../support/app.ts'
import { eventually } from '../support/eventually.ts'

async function tokenEndpoint(file?: { env?: Record<string, string> }) {
  const env = { ISSUER_URL: 'https://id.example.com', TRUSTED_PROXIES: '127.0.0.1', ...file?.env }
  const app = await createTestApp({ env })
  const { port, close } = await listen({ http: app.http, host: '127.0.0.1', port: 0, log: app.log.log })
  onTestFinished(() => close(0))
  const ask = (ip: string, secret = 'wrong') =>
    fetch(`http://127.0.0.1:${port}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
      headers: {
        authorization: `Basic ${btoa(`nobody:${secret}`)}`,
        'x-forwarded-for': ip,
        'x-forwarded-host': 'id.example.com',
        'x-forwarded-proto': 'https',
      },
    })
  const exchange = (ip: string, key: string) =>
    fetch(`http://127.0.0.1:${port}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: 'hearthkey-api-keys',
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token_type: 'urn:hearthkey:token-type:api-key',
        subject_token: key,
      }),
      headers: { 'x-forwarded-for': ip, 'x-forwarded-host': 'id.example.com', 'x-forwarded-proto': 'https' },
    })
  const counted = async () => {
    const { rows } = await (await app.database.superuser()).query('SELECT key FROM rate_limits')
    return rows.length
  }
  return { ...app, ask, exchange, counted }
}

it('wrong client secrets are limited by address, with a Retry-After, and no other address waits', async () => {
  const { ask, clock, counted } = await tokenEndpoint()
  expect(await counted()).toBe(0)
  const statuses: number[] = []
  for (let time = 0; time < 33; time += 1) statuses.push((await ask('203.0.113.9')).status)
  expect(statuses).toEqual([...Array(30).fill(401), 429, 429, 429])
  expect(await counted()).toBe(1)
  const refused = await ask('203.0.113.9')
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await refused.json()).toMatchObject({ code: 'too-many-requests' })
  expect((await ask('203.0.113.10')).status).toBe(401)
  clock.advance(2 * 60_000)
  expect((await ask('203.0.113.9')).status).toBe(401)
})

it('made-up API keys are counted with them', async () => {
  const { exchange } = await tokenEndpoint()
  const statuses: number[] = []
  for (let time = 0; time < 32; time += 1) statuses.push((await exchange('203.0.113.9', `hk_${time}`)).status)
  expect(statuses).toEqual([...Array(30).fill(400), 429, 429])
  expect((await exchange('203.0.113.10', 'hk_x')).status).toBe(400)
})

it('what cannot be counted behind the answer leaves the answer as it went, and is logged', async () => {
  const { ask, database, log } = await tokenEndpoint()
  await (await database.superuser()).query('ALTER TABLE rate_limits RENAME TO elsewhere')
  const answer = await ask('203.0.113.9')
  expect({ status: answer.status, body: await answer.json() }).toMatchObject({
    status: 401,
    body: { error: 'invalid_client' },
  })
  await eventually(async () => log.lines().find(({ msg }) => msg === 'what was answered could not be counted'))
  expect(log.lines().filter(({ level }) => level === 'error' || level === 'fatal')).toHaveLength(1)
})
