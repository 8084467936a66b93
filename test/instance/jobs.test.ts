import { describe, expect, it } from 'vitest'
import { openConsents } from '../../src/instance/consents.ts'
import { jobHandlers, jobKinds, jobSchedules } from '../../src/instance/jobs.ts'
import { roomFor } from '../../src/instance/licenses.ts'
import { programs } from '../../src/instance/programs.ts'
import { openRegistry } from '../../src/oidc/registry.ts'
import { createTestApp } from '../support/app.ts'

const operator = { actor: { kind: 'operator', id: 'test' } } as const

/** By what happens, and not by the clock. */
const askedFor = ['mail.deliver', 'logout_notices.send', 'alerts.tell', 'webhooks.deliver', 'webhooks.resume']

const checks = jobSchedules.map(({ name }) => name)

async function background() {
  const app = await createTestApp()
  const { config, services, clock, log } = app
  const handlers = jobHandlers({ config, services, clock, log: log.log })
  const run = async (name: string) => {
    const handler = handlers.find(({ kind }) => kind.name === name)
    await handler?.run({}, { jobId: 'test', attempt: 1, signal: new AbortController().signal })
  }
  return { ...app, handlers, run }
}

describe('the background work', () => {
  it('has a handler for every kind of job, a time for those that nobody asks for, and no others', async () => {
    const { handlers } = await background()
    const names = jobKinds.map(({ name }) => name).sort()
    expect(handlers.map(({ kind }) => kind.name).sort()).toEqual(names)
    expect(checks.sort()).toEqual(names.filter((name) => !askedFor.includes(name)))
  })

  it('gives an API its keys that whoever registered it had no time to make', async () => {
    const { config, services, clock, run, request } = await background()
    const { database, events, keyring } = services
    const dies = async () => Promise.reject(new Error('power cut'))
    const assertRoom = roomFor(services.licenses, 'clients')
    const consents = openConsents({ db: database.app, events, clock })
    const common = { config, db: database.app, events, keyring, programs, consents, clock, assertRoom }
    const registry = openRegistry({ ...common, makeKeysOf: dies })
    const audience = 'https://staff.example.com'
    await expect(registry.apis.create(operator, { audience, name: 'Staff', ownKeys: true })).rejects.toThrow(
      'power cut',
    )
    const api = await registry.apis.find(audience)
    await run('signing_keys.maintain')
    const keys = async () => (await request(`/oauth/apis/${api?.id}/jwks`)).json()
    await expect.poll(keys).toMatchObject({ keys: [{ kty: 'RSA' }, { kty: 'RSA' }] })
  })

  it.each(checks)('%s finds nothing to do on an ordinary day', async (name) => {
    const { run, log } = await background()
    await run(name)
    expect(log.lines().filter(({ level }) => level === 'warn' || level === 'error')).toEqual([])
  })
})
