import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, it, onTestFinished } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { openServices } from '../../src/instance/services.ts'
import { loginSweep } from '../../src/login/cleanup.ts'
import { createTestApp } from '../support/app.ts'

it('a feature goes out by the operator’s rules, and not at all once the services are closed', async () => {
  const other = createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1')
  await once(other, 'listening')
  onTestFinished(() => void other.close())
  const address = other.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`
  const { config, clock, log, database, services: strict } = await createTestApp()
  expect(await strict.outgoing.send({ method: 'GET', url })).toMatchObject({
    ok: false,
    error: { reason: 'address-refused' },
  })
  const services = await openServices({
    config: { ...config, outgoing: { ...config.outgoing, allow: ['127.0.0.1/32'] } },
    target: database.target,
    clock,
    log: log.log,
    actor: { kind: 'system', id: 'test' },
    bootstrap: false,
  })
  expect(await services.outgoing.send({ method: 'GET', url })).toMatchObject({ ok: true, value: { status: 200 } })
  // What a member of some organisation chooses, goes by rules of its own.
  expect(await services.outgoingToWebhooks.send({ method: 'GET', url })).toMatchObject({ ok: false })
  await services.close()
  expect(await services.outgoing.send({ method: 'GET', url })).toMatchObject({ ok: false })
})

it('[TOS-5] what is opened for webhooks is opened for them alone', async () => {
  const other = createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1')
  await once(other, 'listening')
  onTestFinished(() => void other.close())
  const address = other.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`
  const { config, clock, log, database } = await createTestApp()
  const services = await openServices({
    config: { ...config, webhooks: { ...config.webhooks, allow: ['127.0.0.1/32'] } },
    target: database.target,
    clock,
    log: log.log,
    actor: { kind: 'system', id: 'test' },
    bootstrap: false,
  })
  onTestFinished(() => services.close())
  const sent = { method: 'GET', url } as const
  expect(await services.outgoingToWebhooks.send(sent)).toMatchObject({ ok: true, value: { status: 200 } })
  expect(await services.outgoing.send(sent)).toMatchObject({ ok: false, error: { reason: 'address-refused' } })
})

it('a feature puts a job into the queue in the transaction of its change', async () => {
  const { services, database } = await createTestApp()
  const [kind] = loginSweep.kinds
  if (!kind) throw new Error('there is no kind of job')
  const add = () => inTransaction(services.database.app, (tx) => services.enqueue(tx, kind, {}))
  const id = await add()
  const { rows } = await database.ownerPool.query('SELECT id, name FROM pgboss.job')
  expect(rows).toEqual([{ id, name: kind.name }])
})
