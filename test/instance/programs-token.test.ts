import { expect, it, onTestFinished } from 'vitest'
import type { ActorContext } from '../../src/audit/actor.ts'
import { listen } from '../../src/http/server/listen.ts'
import { registryOf } from '../../src/instance/registry.ts'
import { createTestApp } from '../support/app.ts'
import { frozenClock } from '../support/clock.ts'
import { freePort } from '../support/free-port.ts'
import { everythingHeard } from '../support/heard.ts'
import { roundTripsDuring } from '../support/round-trips.ts'

const arranging: ActorContext = { actor: { kind: 'operator', id: 'test' } }

it('[MON-1] the whole server issues a warm program its token without a word with the database', async () => {
  const port = await freePort()
  const issuer = `http://localhost:${port}`
  const app = await createTestApp({ env: { ISSUER_URL: issuer }, clock: frozenClock(new Date().toISOString()) })
  const { clients, apis } = registryOf(app)
  const audience = 'https://invoices.example.com'
  await apis.create(arranging, { audience, name: 'Invoices', scopes: ['read'] })
  const made = await clients.create(arranging, { name: 'Nightly', type: 'service', redirectUris: [], apis: [audience] })
  if (!made.ok) throw new Error(made.error.reason)
  const server = await listen({ http: app.http, host: '127.0.0.1', port, log: app.log.log })
  onTestFinished(() => server.close(0))
  const { client, secret } = made.value
  const ask = async () => {
    const answer = await fetch(`${issuer}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${client.id}:${secret?.reveal()}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    expect(answer.status, await answer.text()).toBe(200)
  }
  await everythingHeard(app.services)
  for (let warm = 0; warm < 3; warm++) await ask()
  expect(await roundTripsDuring(ask)).toEqual({ trips: 0, statements: 0 })
})
