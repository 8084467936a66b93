import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { addressRules } from '../../src/http/outgoing/address-rules.ts'
import type { OutgoingClient } from '../../src/http/outgoing/outgoing.ts'
import { createOutgoingClient, type OutgoingOptions } from '../../src/http/outgoing/outgoing-client.ts'
import { undisturbedSince } from '../support/undisturbed.ts'

const handlers: Record<string, RequestListener> = {
  '/ok': (_, res) => res.end('hello'),
  '/echo': (req, res) => req.pipe(res),
  '/redirect': (_, res) => res.writeHead(302, { location: '/ok', 'set-cookie': 'a=b' }).end(),
  '/cookie': (req, res) => res.writeHead(200, { 'set-cookie': 'a=b' }).end(req.headers.cookie ?? 'none'),
  '/big': (_, res) => res.end('x'.repeat(2000)),
  '/endless': (_, res) => {
    const pour = () => {
      while (!res.destroyed && res.write('x'.repeat(1000)));
      if (!res.destroyed) res.once('drain', pour)
    }
    pour()
  },
  '/gzip': (_, res) => res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(1_000_000))),
  '/silent': () => undefined,
  '/slow': (_, res) => {
    res.write('x')
    const timer = setInterval(() => res.write('x'), 20)
    res.on('close', () => clearInterval(timer))
  },
}

describe('the guarded client', () => {
  let server: Server
  let port: number
  let connections = 0
  let requests: string[] = []
  const clients: OutgoingClient[] = []

  beforeAll(async () => {
    server = createServer((req, res) => {
      requests.push(req.url ?? '')
      handlers[req.url ?? '']?.(req, res)
    })
    server.on('connection', () => {
      connections += 1
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()))
    connections = 0
    requests = []
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  const client = (options: Partial<OutgoingOptions> = {}) => {
    const made = createOutgoingClient({ allow: [], timeout: 5000, maxBytes: 1000, ...options })
    clients.push(made)
    return made
  }
  const open = (options: Partial<OutgoingOptions> = {}) => client({ allow: ['127.0.0.0/8'], ...options })
  const fetchFrom = (from: OutgoingClient, path: string, host = '127.0.0.1') =>
    from.send({ method: 'GET', url: `http://${host}:${port}${path}` })

  it.each([
    '127.0.0.1',
    'localhost',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '0.0.0.0',
    '0',
    '[::]',
    '127.0.0.1.',
  ])('makes no connection to loopback, however it is spelled: %s', async (host) => {
    for (const scheme of ['http', 'https'])
      expect(await client().send({ method: 'GET', url: `${scheme}://${host}:${port}/ok` })).toMatchObject({
        ok: false,
        error: { reason: 'address-refused' },
      })
    expect(connections).toBe(0)
  })

  it('goes where the operator allowed', async () => {
    const answer = await fetchFrom(open(), '/ok')
    expect(answer).toMatchObject({ ok: true, value: { status: 200 } })
    expect(answer.ok && answer.value.body.toString()).toBe('hello')
    const echoed = await open().send({ method: 'POST', url: `http://127.0.0.1:${port}/echo`, body: 'a body' })
    expect(echoed.ok && echoed.value.body.toString()).toBe('a body')
  })

  it('waits a second for the rest of an answer of which the status alone counts', async () => {
    const took = undisturbedSince()
    const answer = await open({ timeout: 60_000 }).send({
      method: 'GET',
      url: `http://127.0.0.1:${port}/slow`,
      keep: 100_000,
    })
    expect(took()).toBeLessThan(3_000)
    expect(answer).toMatchObject({ ok: true, value: { status: 200 } })
    expect(answer.ok && answer.value.body.toString()).toMatch(/^x+$/)
  })

  it('judges the address that the socket connects to: a name that changes its answer gains nothing', async () => {
    const answers = ['127.0.0.2', '127.0.0.1']
    const seen: string[] = []
    const resolve = async () => {
      const address = answers.shift() ?? '127.0.0.1'
      seen.push(address)
      return [{ address, family: 4 }]
    }
    const rebinding = client({ resolve, allow: ['127.0.0.2/32'] })
    const outcomes = []
    for (let i = 0; i < 2; i++)
      outcomes.push(await rebinding.send({ method: 'GET', url: `http://rebind.example:${port}/ok` }))
    expect(outcomes).toMatchObject([{ error: { reason: 'unreachable' } }, { error: { reason: 'address-refused' } }])
    expect(seen).toEqual(['127.0.0.2', '127.0.0.1'])
    expect(connections).toBe(0)
  })

  it('refuses a name when any of its addresses is refused', async () => {
    const resolve = async () => [
      { address: '93.184.215.14', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ]
    expect(await client({ resolve }).send({ method: 'GET', url: 'https://mixed.example/' })).toMatchObject({
      error: { reason: 'address-refused' },
    })
  })

  it('speaks plain http to allowed networks alone', async () => {
    const resolve = async () => [{ address: '93.184.215.14', family: 4 }]
    expect(await client({ resolve }).send({ method: 'GET', url: 'http://plain.example/' })).toMatchObject({
      error: { reason: 'address-refused' },
    })
  })

  it('follows no redirect', async () => {
    expect(await fetchFrom(open(), '/redirect')).toMatchObject({ error: { reason: 'redirected' } })
    expect(requests).toEqual(['/redirect'])
  })

  it('keeps no cookie', async () => {
    const one = open()
    await fetchFrom(one, '/cookie')
    const second = await fetchFrom(one, '/cookie')
    expect(second.ok && second.value.body.toString()).toBe('none')
  })

  it.each(['/big', '/endless'])('stops at the size limit: %s', async (path) => {
    expect(await fetchFrom(open(), path)).toMatchObject({ error: { reason: 'too-large' } })
  })

  it('takes no compressed answer, which could unfold past any limit', async () => {
    expect(await fetchFrom(open(), '/gzip')).toMatchObject({ error: { reason: 'encoded' } })
  })

  it.each(['/silent', '/slow'])('stops at the time limit, also while bytes drip: %s', async (path) => {
    const took = undisturbedSince()
    expect(await fetchFrom(open({ timeout: 200 }), path)).toMatchObject({ error: { reason: 'timeout' } })
    expect(took()).toBeLessThan(2000)
  })

  it('ignores a proxy in the environment', async () => {
    process.env['http_proxy'] = 'http://127.0.0.1:9'
    try {
      expect((await fetchFrom(open(), '/ok')).ok).toBe(true)
    } finally {
      delete process.env['http_proxy']
    }
  })

  it.each([
    'ftp://example.com/',
    'file:///etc/passwd',
    'https://user:pw@example.com/',
    'not a url',
    'javascript:1',
    '',
  ])('refuses what is no plain web address: %j', async (url) => {
    expect(await client().send({ method: 'GET', url })).toMatchObject({ error: { reason: 'invalid-url' } })
  })

  it('says that nobody answered, without an exception', async () => {
    expect(await open().send({ method: 'GET', url: 'http://127.0.0.1:1/' })).toMatchObject({
      error: { reason: 'unreachable' },
    })
  })
})

describe('an address', () => {
  const rules = addressRules(['10.20.0.0/16', 'fd12::/16'])

  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '192.0.0.1',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::7f00:1',
    '::ffff:10.0.0.1',
    '::ffff:0:10.0.0.1',
    '64:ff9b::10.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:a00:1::',
    'fc00::1',
    'fd00::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '4000::1',
    '017700000001',
    '127.1',
    '',
    'localhost',
  ])('that is not one public host is refused: %s', (ip) => {
    expect(rules(ip)).toBe('refused')
  })

  it.each(['93.184.215.14', '8.8.8.8', '2606:4700:4700::1111', '64:ff9b::808:808', '::ffff:8.8.8.8'])(
    'that is public is: %s',
    (ip) => {
      expect(rules(ip)).toBe('public')
    },
  )

  it.each(['10.20.3.4', 'fd12::1', '::ffff:10.20.3.4'])('that the operator allowed is: %s', (ip) => {
    expect(rules(ip)).toBe('allowed')
  })
})
