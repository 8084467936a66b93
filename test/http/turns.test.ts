import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Lane } from '../../src/http/turns/lane.ts'
import type { TurnKind, TurnsOptions } from '../../src/http/turns/turns.ts'
import { eventually } from '../support/eventually.ts'
import { issuerUrl, rawRequest, serve, testHttp } from './support.ts'

const browser = { accept: 'text/html', 'accept-language': 'de' }
const program = { accept: 'application/json' }

const kinds: Readonly<Record<string, TurnKind>> = { begin: 'begins', page: 'page', password: 'password' }

/** Pages that end when they are told to. */
async function crowd(options: Partial<TurnsOptions> = {}, bodyLimit = 256 * 1024) {
  const seen = new Set<string>()
  const http = testHttp({
    bodyLimit,
    trustedProxies: ['127.0.0.1'],
    turns: {
      kindOf: ({ path }) => {
        seen.add(path)
        return kinds[path.split('/')[1] ?? '']
      },
      seemsSignedIn: (exchange) => exchange.header('cookie') === 'session=s',
      seemsOnTheirWay: (exchange) => exchange.header('cookie') !== 'none=n',
      pages: { atOnce: 1, waiting: 1 },
      passwords: { atOnce: 1, waiting: 4 },
      leaseMs: 60_000,
      ...options,
    },
  })
  const begun: string[] = []
  const ends: (() => void)[] = []
  const held = async (path: string) => {
    const end = Promise.withResolvers<void>()
    begun.push(path)
    ends.push(end.resolve)
    await end.promise
  }
  http.app.get('/token', (c) => c.text('token'))
  http.app.get('/page/breaks', async () => {
    throw new Error('broken')
  })
  for (const path of ['/begin/:n', '/page/:n'])
    http.app.get(path, async (c) => {
      await held(c.req.path)
      return c.text('page')
    })
  for (const path of ['/password', '/page/form'])
    http.app.post(path, async (c) => {
      const size = (await c.req.text()).length
      await held(c.req.path)
      return c.text(String(size))
    })
  const { IncomingMessage } = http.node
  let received = 0
  class Counted extends IncomingMessage {
    override push(chunk: Buffer | null): boolean {
      received += chunk?.length ?? 0
      return super.push(chunk)
    }
  }
  const server = await serve({ ...http, node: { ...http.node, IncomingMessage: Counted } })
  onTestFinished(() => server.close(0))
  const get = (path: string, headers: Record<string, string> = program) => fetch(`${server.url}${path}`, { headers })
  const password = () =>
    fetch(`${server.url}/password`, { method: 'POST', headers: { ...program, origin: issuerUrl }, body: 'password=x' })
  const hasBegun = (count: number) => eventually(() => (begun.length >= count ? true : undefined))
  const hasCome = (path: string) => eventually(() => seen.has(path) || undefined)
  const waits = async (path: string) => {
    get(path).catch(() => {})
    await hasCome(path)
  }
  return {
    http,
    server,
    received: () => received,
    hasCome,
    seen,
    waits,
    get,
    password,
    begun,
    hasBegun,
    endNext: () => ends.shift()?.(),
  }
}

/** Some wait and say nothing; the first that is answered was refused. */
async function untilRefused(ask: () => Promise<Response>): Promise<Response> {
  const asked: Promise<Response>[] = []
  const first = await eventually(async () => {
    if (asked.length < 12) asked.push(ask())
    return Promise.race([...asked, undefined])
  })
  for (const each of asked) each.catch(() => {})
  return first
}

const head = (path: string, ...lines: string[]) =>
  `${[`POST ${path} HTTP/1.1`, 'Host: localhost', `Origin: ${issuerUrl}`, ...lines].join('\r\n')}\r\n\r\n`

async function opened(port: number, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(text)
  return socket
}

describe('more people than there is room for', () => {
  it('[MON-8] have their pages one after the other, and whoever is on their way goes before whoever begins', async () => {
    const { hasCome, get, begun, hasBegun, endNext } = await crowd({ pages: { atOnce: 1, waiting: 3 } })
    const first = get('/page/1')
    await hasBegun(1)
    const rest = [get('/begin/2')]
    await hasCome('/begin/2')
    rest.push(get('/page/3'))
    await hasCome('/page/3')
    expect(begun).toEqual(['/page/1'])
    endNext()
    expect((await first).status).toBe(200)
    await hasBegun(2)
    endNext()
    await hasBegun(3)
    endNext()
    await Promise.all(rest)
    expect(begun).toEqual(['/page/1', '/page/3', '/begin/2'])
  })

  it('are asked to come back, at once and before their request is looked into; programs are answered all the while', async () => {
    const { waits, get, begun, hasBegun } = await crowd()
    void get('/page/1').catch(() => {})
    await hasBegun(1)
    await waits('/begin/2')
    const refused = await get('/begin/3')
    expect(refused.status).toBe(503)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(refused.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await refused.json()).toMatchObject({ code: 'overloaded', status: 503 })
    expect(await (await get('/token')).text()).toBe('token')
    expect(begun).toEqual(['/page/1'])
  })

  it('read it as a page in their language, under the id of their own request', async () => {
    const { waits, get, hasBegun } = await crowd()
    void get('/page/1').catch(() => {})
    await hasBegun(1)
    await waits('/begin/2')
    const german = await get('/begin/3?state=%3Cb%3E', browser)
    const text = await german.text()
    expect(german.status).toBe(503)
    expect(german.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(text).toContain('<html lang="de"')
    expect(text).toContain('Es ist nichts verloren.')
    expect(text).toContain(german.headers.get('x-request-id'))
    expect(text).not.toContain('request-id-goes-here')
    const english = await (await get('/begin/4', { accept: 'text/html' })).text()
    expect(english).toContain('<html lang="en"')
    expect(english).toContain('Nothing is lost.')
  })

  it('are refused last where they have begun already', async () => {
    const { waits, get, begun, hasBegun, endNext } = await crowd()
    void get('/page/1').catch(() => {})
    await hasBegun(1)
    await waits('/begin/2')
    for (const n of [3, 4, 5]) await waits(`/page/${n}`)
    expect((await get('/page/6')).status).toBe(503)
    endNext()
    await hasBegun(2)
    expect(begun[1]).toBe('/page/3')
  })

  it('are not let in to bring passwords while too many wait, unless they seem to be signed in; and again when some are done', async () => {
    const { get, password, hasBegun, endNext } = await crowd({ pages: { atOnce: 9, waiting: 9 } })
    const first = password()
    await hasBegun(1)
    const refused = await untilRefused(password)
    expect(refused.status).toBe(503)
    expect((await get('/begin/1')).status).toBe(503)
    void get('/begin/2', { ...program, cookie: 'session=s' }).catch(() => {})
    await hasBegun(2)
    endNext()
    await first
    await hasBegun(3)
    void get('/begin/3').catch(() => {})
    await hasBegun(4)
  })

  it('leave one line in the log for many, and no line of an error', async () => {
    const { http, waits, get, hasBegun } = await crowd()
    void get('/page/1').catch(() => {})
    await hasBegun(1)
    await waits('/begin/2')
    for (let n = 0; n < 5; n++) expect((await get('/begin/3')).status).toBe(503)
    const said = http.captured.lines().filter(({ level }) => level === 'warn' || level === 'error')
    expect(said.map(({ msg }) => msg)).toEqual(['too many people at once: some are asked to come back'])
  })
})

describe('a place', () => {
  it('is free again after an error', async () => {
    const { get } = await crowd()
    for (let n = 0; n < 5; n++) expect((await get('/page/breaks')).status).toBe(500)
  })

  it('is free again after the work of somebody who has left, and not before: leaving early buys no second place', async () => {
    const { server, hasCome, get, begun, hasBegun, endNext } = await crowd()
    const socket = await opened(server.port, 'GET /page/1 HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await hasBegun(1)
    socket.destroy()
    const next = get('/page/2')
    await hasCome('/page/2')
    expect(begun).toEqual(['/page/1'])
    endNext()
    await hasBegun(2)
    endNext()
    expect((await next).status).toBe(200)
  })

  it('is not taken by somebody who left while waiting', async () => {
    const { http, server, hasCome, get, begun, hasBegun, endNext } = await crowd()
    const first = get('/page/1')
    await hasBegun(1)
    const socket = await opened(server.port, 'GET /begin/2 HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await hasCome('/begin/2')
    const refused = await get('/begin/3')
    expect(refused.status).toBe(503)
    socket.destroy()
    await eventually(() => (http.captured.text().includes('"/begin/2"') ? true : undefined))
    const next = get('/begin/4')
    endNext()
    await first
    await hasBegun(2)
    endNext()
    expect((await next).status).toBe(200)
    expect(begun).toEqual(['/page/1', '/begin/4'])
  })

  it('is free again after a while from work that never ends', async () => {
    const { get, begun, hasBegun } = await crowd({ leaseMs: 50 })
    void get('/page/1').catch(() => {})
    void get('/page/2').catch(() => {})
    await hasBegun(2)
    expect(begun).toHaveLength(2)
  })

  it('is free again after work that fails in a way that nobody answers', async () => {
    const lane = new Lane({ atOnce: 1, waiting: 9, leaseMs: 60_000 })
    const who = { isBeginner: false, address: '192.0.2.1' }
    const done = Promise.withResolvers<void>()
    lane.enter(() => Promise.reject(new Error('broken')), who)
    lane.enter(async () => {
      throw new Error('broken')
    }, who)
    lane.enter(async () => done.resolve(), who)
    await done.promise
    await eventually(() => lane.running === 0 || undefined)
  })

  it('is not held by a form that drips in', async () => {
    const { server, hasCome, password, begun, hasBegun, endNext } = await crowd()
    const slow = await opened(server.port, `${head('/password', 'Content-Length: 10', 'Connection: close')}pass`)
    await hasCome('/password')
    const quick = password()
    await hasBegun(1)
    endNext()
    expect(await (await quick).text()).toBe('10')
    slow.write('word=x')
    await hasBegun(2)
    endNext()
    const [answer] = await once(slow, 'data')
    expect(String(answer)).toContain('200 OK')
    expect(begun).toHaveLength(2)
  })
})

const BUFFERED = 64 * 1024
const chunkedHead = (path: string, ...lines: string[]) => head(path, 'Transfer-Encoding: chunked', ...lines)
const chunkOf = (size: number) => `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`

describe('somebody who begins', () => {
  it('[MON-8] has every fourth turn, however many say that they are on their way', async () => {
    const lane = new Lane({ atOnce: 1, waiting: 100, leaseMs: 60_000 })
    const order: string[] = []
    const gate = Promise.withResolvers<void>()
    const enter = (address: string, isBeginner: boolean) =>
      lane.enter(async () => void order.push(isBeginner ? 'begins' : 'page'), { isBeginner, address })
    lane.enter(() => gate.promise, { isBeginner: false, address: 'first' })
    for (let n = 0; n < 12; n++) enter(`page ${n}`, false)
    for (let n = 0; n < 3; n++) enter(`begins ${n}`, true)
    gate.resolve()
    await eventually(() => order.length === 15 || undefined)
    const fourth = ['page', 'page', 'page', 'begins']
    expect(order).toEqual([...fourth, ...fourth, ...fourth, 'page', 'page', 'page'])
  })

  it('is let in while more wait who are on their way than beginners may', async () => {
    const { waits, get, begun, hasBegun, endNext } = await crowd()
    void get('/page/1').catch(() => {})
    await hasBegun(1)
    for (const n of [2, 3]) await waits(`/page/${n}`)
    const begins = get('/begin/4')
    for (const count of [2, 3, 4]) {
      endNext()
      await hasBegun(count)
    }
    endNext()
    expect((await begins).status).toBe(200)
    expect(begun.at(-1)).toBe('/begin/4')
  })

  it('is whoever asks for a page in the middle without a sign of a sign-in: they go last and are refused first', async () => {
    const { waits, get, begun, hasBegun, endNext } = await crowd()
    const stranger = { ...program, cookie: 'none=n' }
    void get('/page/1').catch(() => {})
    await hasBegun(1)
    void get('/page/2', stranger).catch(() => {})
    await waits('/page/3')
    expect((await get('/page/4', stranger)).status).toBe(503)
    expect((await get('/begin/5')).status).toBe(503)
    endNext()
    await hasBegun(2)
    endNext()
    await hasBegun(3)
    expect(begun).toEqual(['/page/1', '/page/3', '/page/2'])
  })
})

describe('one address', () => {
  const held = (address: string, isBeginner: boolean) => ({ isBeginner, address })
  const full = (waiting: number, beginners: number) => {
    const lane = new Lane({ atOnce: 1, waiting, beginners, leaseMs: 60_000 })
    lane.enter(() => new Promise(() => {}), held('first', false))
    const fill = (who: ReturnType<typeof held>) => {
      const leave: (() => void)[] = []
      while (!lane.isFullFor(who) && leave.length < 1000) leave.push(lane.enter(async () => {}, who))
      return leave
    }
    return { lane, fill }
  }

  it('holds half of a line at most, less when others wait, and leaves room', () => {
    const { lane, fill } = full(256, 64)
    expect(fill(held('192.0.2.1', true))).toHaveLength(32)
    expect(fill(held('192.0.2.1', false))).toHaveLength(128)
    for (const isBeginner of [true, false]) expect(lane.isFullFor(held('192.0.2.2', isBeginner))).toBe(false)
    expect(fill(held('192.0.2.2', true))).toHaveLength(16)
    expect(lane.isFullFor(held('192.0.2.1', true))).toBe(true)
    expect(fill(held('192.0.2.3', true))).toHaveLength(8)
    expect(lane.isFullFor(held('192.0.2.4', true))).toBe(false)
  })

  it('holds eight however full a line is, within what it holds at all', () => {
    const { fill } = full(16, 16)
    expect(fill(held('192.0.2.1', true))).toHaveLength(8)
    expect(fill(held('192.0.2.2', true))).toHaveLength(8)
    expect(fill(held('192.0.2.3', true))).toHaveLength(0)
    expect(full(16, 4).fill(held('192.0.2.1', true))).toHaveLength(4)
  })

  it('has its places again when those who held them have left or were served', async () => {
    const { lane, fill } = full(16, 16)
    const who = held('192.0.2.1', false)
    const leave = fill(who)
    expect(leave).toHaveLength(8)
    leave[0]?.()
    leave[0]?.()
    expect(fill(who)).toHaveLength(1)
    const served = new Lane({ atOnce: 1, waiting: 16, leaseMs: 60_000 })
    const gate = Promise.withResolvers<void>()
    served.enter(() => gate.promise, who)
    for (let n = 0; n < 8; n++) served.enter(async () => {}, who)
    expect(served.isFullFor(who)).toBe(true)
    gate.resolve()
    await eventually(() => served.waiting === 0 || undefined)
    expect(served.isFullFor(who)).toBe(false)
    expect(lane.waiting).toBe(8)
  })

  it('past its places is asked to come back, a /64 as one, while another one is let in and served', async () => {
    const { get, begun, hasBegun, endNext, seen } = await crowd({ pages: { atOnce: 1, waiting: 16 } })
    const from = (ip: string) => ({ ...program, 'x-forwarded-for': ip })
    void get('/page/1').catch(() => {})
    await hasBegun(1)
    for (let n = 0; n < 8; n++) {
      get(`/begin/${n}`, from(`2001:db8:0:1::${n}`)).catch(() => {})
      await eventually(() => seen.has(`/begin/${n}`) || undefined)
    }
    const refused = await get('/begin/8', from('2001:db8:0:1:ffff::1'))
    expect(refused.status).toBe(503)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    const other = get('/begin/9', from('2001:db8:0:2::1'))
    for (let count = 2; count <= 10; count++) {
      endNext()
      await hasBegun(count)
    }
    endNext()
    expect((await other).status).toBe(200)
    expect(begun).toHaveLength(10)
  })
})

describe('a form in chunks that never ends', () => {
  it.each([
    ['as long as the limit, which is as much as Node buffers', { bodyLimit: BUFFERED, size: BUFFERED }],
    ['as long as Node buffers, below the limit', { bodyLimit: 4 * BUFFERED, size: BUFFERED }],
    ['longer than Node buffers, as long as the limit', { bodyLimit: 4 * BUFFERED, size: 4 * BUFFERED }],
  ])('holds no place, %s, and is served when its end has come', async (_, { bodyLimit, size }) => {
    const { server, received, password, begun, hasBegun, endNext } = await crowd({}, bodyLimit)
    const hanging = await opened(server.port, chunkedHead('/password', 'Connection: close') + chunkOf(size))
    await eventually(() => received() >= size || undefined)
    const quick = password()
    await hasBegun(1)
    endNext()
    expect(await (await quick).text()).toBe('10')
    expect(begun).toHaveLength(1)
    hanging.write('0\r\n\r\n')
    await hasBegun(2)
    endNext()
    const [answer] = await once(hanging, 'data')
    expect(String(answer)).toContain('200 OK')
    expect(String(answer)).toMatch(new RegExp(`${size}$`))
  })

  it('is refused at the first byte past the limit, without a place and without its end', async () => {
    const { server, begun } = await crowd({}, BUFFERED)
    const hanging = await opened(server.port, chunkedHead('/password') + chunkOf(BUFFERED) + chunkOf(1))
    const [answer] = await once(hanging, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /)
    expect(begun).toEqual([])
    hanging.destroy()
  })
})

describe('what is sent to a page that waits', () => {
  it('is refused over the limit, with chunks too, before it is its turn', async () => {
    const { server } = await crowd()
    const chunk = `${(40_000).toString(16)}\r\n${'x'.repeat(40_000)}\r\n`
    const chunked = `${head('/page/form', 'Transfer-Encoding: chunked', 'Connection: close')}${chunk.repeat(7)}0\r\n\r\n`
    expect(await rawRequest(server.port, chunked)).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('is read whole where it is longer than what is held for nobody', async () => {
    const { server, hasBegun, endNext } = await crowd()
    const size = 200_000
    const asked = fetch(`${server.url}/page/form`, {
      method: 'POST',
      headers: { origin: issuerUrl },
      body: 'x'.repeat(size),
    })
    await hasBegun(1)
    endNext()
    expect(await (await asked).text()).toBe(String(size))
  })

  it('is not asked for where there is no room', async () => {
    const { server, waits, get, hasBegun } = await crowd({ pages: { atOnce: 1, waiting: 1 } })
    void get('/page/1').catch(() => {})
    await hasBegun(1)
    for (const n of [2, 3, 4, 5]) await waits(`/page/${n}`)
    const expecting = head('/page/form', 'Expect: 100-continue', 'Content-Length: 1', 'Connection: close')
    const answer = await rawRequest(server.port, expecting)
    expect(answer).toMatch(/^HTTP\/1\.1 503 /)
    expect(answer).not.toContain('100 Continue')
  })
})
