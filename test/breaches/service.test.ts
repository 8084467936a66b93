import { truncate } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { buildBreachList } from '../../src/breaches/build/build.ts'
import { createBreaches } from '../../src/breaches/service.ts'
import { createOutgoingClient } from '../../src/http/outgoing/outgoing-client.ts'
import { Secret } from '../../src/lib/secret.ts'
import { frozenClock } from '../support/clock.ts'
import { captureLog } from '../support/log.ts'
import { folder, hexOf, writeLines } from './support.ts'

const STOLEN = 'an otter paints the canal'
const GOOD = 'a heron reads the almanac'

function breachesWith(settings: { filter?: string; service?: string }) {
  const clock = frozenClock()
  const captured = captureLog()
  const outgoing = createOutgoingClient({ allow: ['127.0.0.1'], timeout: 5000, maxBytes: 1_000_000 })
  const breaches = createBreaches({ settings: { service: 'off', ...settings }, outgoing, clock, log: captured.log })
  onTestFinished(async () => void (await Promise.all([breaches.close(), outgoing.close()])))
  const isKnown = async (password: string) =>
    (await breaches.find(new Secret(password))) === 'unknown' ? 'unknown' : 'known'
  return { clock, captured, isKnown, breaches }
}

async function operatorsFilter(): Promise<string> {
  const home = await folder()
  const source = await writeLines(join(home, 'list'), [`${hexOf(STOLEN)}:3`, `${hexOf('Bär und Fuchs')}:1`])
  await buildBreachList({ source, out: join(home, 'filter'), kind: 'hashes' })
  return join(home, 'filter')
}

describe('[MOS-3] whether a password is known', () => {
  it("is said by the shipped list and by the operator's, for everybody who asks at once", async () => {
    const { isKnown } = breachesWith({ filter: await operatorsFilter() })
    const asked = Array.from({ length: 90 }, (_, n) => [STOLEN, GOOD, 'password1234'][n % 3] ?? '')
    expect(await Promise.all(asked.map(isKnown))).toEqual(asked.map((it) => (it === GOOD ? 'unknown' : 'known')))
  })

  it('goes by the password exactly in the list of the stolen, whichever way its accents are composed', async () => {
    const { isKnown } = breachesWith({ filter: await operatorsFilter() })
    expect(await isKnown('Ba\u0308r und Fuchs')).toBe('known')
    expect(await isKnown(STOLEN.toUpperCase())).toBe('unknown')
  })

  it('is never answered "unknown" because the filter cannot be read, and is answered again once it can', async () => {
    const filter = await operatorsFilter()
    const moved = `${filter}.not-yet`
    const { isKnown, captured } = breachesWith({ filter: moved })
    const refused: unknown = await isKnown(GOOD).catch((error: unknown) => error)
    // A stranger may see it on a page; the operator reads the rest in the log.
    expect(refused).toMatchObject({ code: 'breach-list-unusable', detail: undefined })
    expect(captured.text()).toContain(moved)
    await buildBreachList({ source: join(filter, '../list'), out: moved, kind: 'hashes' })
    expect(await isKnown(GOOD)).toBe('unknown')
    await truncate(moved, 130)
    await expect(isKnown(GOOD)).rejects.toMatchObject({ code: 'breach-list-unusable' })
  })
})

async function rangeServer(answer: RequestListener) {
  const requests: { url: string | undefined; padding: unknown }[] = []
  const server = createServer((request, response) => {
    requests.push({ url: request.url, padding: request.headers['add-padding'] })
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { requests, service: `http://127.0.0.1:${address.port}` }
}

const suffix = (password: string) => hexOf(password).slice(5)
const warnings = (lines: Record<string, unknown>[]) => lines.filter(({ level }) => level === 'warn')

describe('[MOS-3] the web service', () => {
  it('is told five of forty digits, asked for padding, and padding is no finding', async () => {
    const { requests, service } = await rangeServer((request, response) => {
      const isStolen = request.url?.endsWith(hexOf(STOLEN).slice(0, 5))
      response.end([`${'0'.repeat(35)}:9`, `${suffix(GOOD)}:0`, isStolen ? `${suffix(STOLEN)}:12` : ''].join('\r\n'))
    })
    const { isKnown } = breachesWith({ service })
    expect([await isKnown(STOLEN), await isKnown(GOOD)]).toEqual(['known', 'unknown'])
    expect(requests).toEqual([
      { url: `/range/${hexOf(STOLEN).slice(0, 5)}`, padding: 'true' },
      { url: `/range/${hexOf(GOOD).slice(0, 5)}`, padding: 'true' },
    ])
  })

  it('is not asked about what is known already, nor when it is off', async () => {
    const { requests, service } = await rangeServer((_, response) => response.end(''))
    const { isKnown } = breachesWith({ service, filter: await operatorsFilter() })
    await Promise.all([isKnown('password1234'), isKnown(STOLEN), breachesWith({}).isKnown(GOOD)])
    expect(requests).toEqual([])
  })

  it.each<[string, RequestListener]>([
    ['answers an error', (_, response) => response.writeHead(503).end()],
    ['breaks off', (request) => request.socket.destroy()],
    ['redirects', (_, response) => response.writeHead(302, { location: '/' }).end()],
    ['says nothing', () => undefined],
  ])('that %s stops nobody, and is told of once a minute', async (_how, answer) => {
    const { service } = await rangeServer(answer)
    const { isKnown, captured, clock } = breachesWith({ service })
    expect(await Promise.all([isKnown(GOOD), isKnown(STOLEN)])).toEqual(['unknown', 'unknown'])
    expect(warnings(captured.lines())).toHaveLength(1)
    expect(captured.text()).not.toContain(hexOf(GOOD).slice(0, 5))
    clock.advance(61_000)
    expect(await isKnown(GOOD)).toBe('unknown')
    expect(warnings(captured.lines())).toHaveLength(2)
  })
})
