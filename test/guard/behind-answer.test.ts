import { expect, it } from 'vitest'
import { protocolLimits } from '../../src/guard/protocol.ts'
import { captureLog } from '../support/log.ts'

const failing = {
  ok: true,
  quotas: [],
  succeeded: () => Promise.reject(new Error('the database is away')),
} as const

const askedForDevice = (headersSent: boolean) => {
  const { log, lines } = captureLog()
  const routes = protocolLimits({ limits: { take: async () => failing } }).post('/oauth/device', (c) =>
    c.text('the page'),
  )
  routes.onError((error, c) => c.text(error.message, 500))
  const env = { exchange: { clientIp: '203.0.113.9', log }, outgoing: { headersSent } }
  return { lines, answer: routes.request('/oauth/device', { method: 'POST' }, env) }
}

it('a device code that cannot be given back leaves the answer as it went, and is logged', async () => {
  const { answer, lines } = askedForDevice(true)
  expect((await answer).status).toBe(200)
  expect(lines().map(({ msg }) => msg)).toEqual(['what was answered could not be counted'])
})

it('is an error of its request where nothing was answered yet', async () => {
  const { answer, lines } = askedForDevice(false)
  expect((await answer).status).toBe(500)
  expect(lines()).toEqual([])
})
