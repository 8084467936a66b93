import { describe, expect, it } from 'vitest'
import { createReadiness, type ReadinessCheck } from '../../src/ops/readiness.ts'
import { opsRoutes } from '../../src/ops/routes.ts'
import { testHttp } from '../http/support.ts'
import { frozenClock } from '../support/clock.ts'

function setUp(checks: readonly ReadinessCheck[], timeoutMs?: number) {
  const http = testHttp()
  const clock = frozenClock()
  const readiness = createReadiness({
    checks,
    clock,
    log: http.captured.log,
    ...(timeoutMs !== undefined && { timeoutMs }),
  })
  http.app.route('/', opsRoutes(readiness))
  const ask = async (path: string) => {
    const response = await http.app.request(path)
    return { status: response.status, body: await response.text() }
  }
  return { ask, clock, readiness, http }
}

const fine: ReadinessCheck = { name: 'queue', check: async () => undefined }
const broken: ReadinessCheck = {
  name: 'database',
  check: async () => {
    throw new Error('inner: password authentication failed')
  },
}

describe('/healthz', () => {
  it('answers as long as the process does, whatever else is broken', async () => {
    expect(await setUp([broken]).ask('/healthz')).toEqual({ status: 200, body: '{"status":"ok"}' })
  })
})

describe('/readyz', () => {
  it('is 200 when every check passes', async () => {
    expect(await setUp([fine]).ask('/readyz')).toEqual({
      status: 200,
      body: '{"status":"ready","checks":{"queue":"ok"}}',
    })
  })

  it('is 503 and names what fails, without the reason, which stays in the log', async () => {
    const { ask, http } = setUp([fine, broken])
    expect(await ask('/readyz')).toEqual({
      status: 503,
      body: '{"status":"not-ready","checks":{"queue":"ok","database":"failing"}}',
    })
    expect(http.captured.lines()).toContainEqual(expect.objectContaining({ check: 'database', level: 'warn' }))
  })

  it('gives a check that hangs its time and no more, and tells it to give up', async () => {
    let aborted = false
    const hangs: ReadinessCheck = {
      name: 'database',
      check: (signal) => new Promise(() => signal.addEventListener('abort', () => (aborted = true))),
    }
    expect((await setUp([hangs], 20).ask('/readyz')).status).toBe(503)
    expect(aborted).toBe(true)
  })

  it('asks at most once a second, however often it is asked', async () => {
    let asked = 0
    const counting: ReadinessCheck = {
      name: 'database',
      check: async () => {
        asked += 1
      },
    }
    const { ask, clock } = setUp([counting])
    await Promise.all(Array.from({ length: 50 }, () => ask('/readyz')))
    clock.advance(999)
    await ask('/readyz')
    expect(asked).toBe(1)
    clock.advance(1)
    await ask('/readyz')
    expect(asked).toBe(2)
  })

  it('asks anew when the clock was set back, rather than call a dead database ready for an hour', async () => {
    let alive = true
    const database: ReadinessCheck = {
      name: 'database',
      check: async () => {
        if (!alive) throw new Error('gone')
      },
    }
    const { ask, clock } = setUp([database])
    expect((await ask('/readyz')).status).toBe(200)
    alive = false
    clock.advance(-3_600_000)
    expect((await ask('/readyz')).status).toBe(503)
  })

  it('fails at once when the server begins to drain, also with a good answer at hand', async () => {
    const { ask, readiness } = setUp([fine])
    expect((await ask('/readyz')).status).toBe(200)
    readiness.drain()
    expect(await ask('/readyz')).toEqual({
      status: 503,
      body: '{"status":"not-ready","checks":{"draining":"failing"}}',
    })
    expect((await ask('/healthz')).status).toBe(200)
  })
})
