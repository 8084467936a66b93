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
async function crowd(options: Partial<TurnsOptions> = {}) {
  const seen = new Set<string>()
  const http = testHttp({
    bodyLimit: 256 * 1024,
    turns: {
      kindOf: ({ path }) => {
        seen.add(path)
        return kinds[path.split('/')[1] ?? '']
      },
      seemsSignedIn: (exchange) => exchange.header('cookie') === 'session=s',
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
  const server = await serve(http)
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
  return { http, server, hasCome, waits, get, password, begun, hasBegun, endNext: () => ends.shift()?.() }
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
    const socket = await opened(server.port, 'GET /page/2 HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await hasCome('/page/2')
    const refused = await get('/begin/3')
    expect(refused.status).toBe(503)
    socket.destroy()
    await eventually(() => (http.captured.text().includes('"/page/2"') ? true : undefined))
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
    const lane = new Lane({ atOnce: 1, leaseMs: 60_000 })
    const done = Promise.withResolvers<void>()
    lane.enter(() => Promise.reject(new Error('broken')))
    lane.enter(async () => {
      throw new Error('broken')
    })
    lane.enter(async () => done.resolve())
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
