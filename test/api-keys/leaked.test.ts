import { describe, expect, it } from 'vitest'
import { leakRoutes } from '../../src/api-keys/leak-routes.ts'
import { createHttp } from '../../src/http/create-http.ts'
import { loadWords } from '../../src/instance/words.ts'
import { testConfig } from '../support/config.ts'
import { captureLog } from '../support/log.ts'
import { instanceAuthority, keysWorld, operator } from './support.ts'

async function leakWorld() {
  const world = await keysWorld()
  const config = testConfig()
  const { log } = captureLog()
  const { issuerUrl, trustedProxies, bodyLimit } = config.server
  const words = loadWords(config)
  const http = createHttp({
    issuerUrl,
    trustedProxies,
    bodyLimit,
    programmatic: ['/api/*'],
    fromAnywhere: [],
    log,
    words,
  })
  const { guard } = world.people
  http.app.route(
    '/',
    leakRoutes({
      reportLeak: world.apiKeys.reportLeak,
      limit: (from) => guard.limits.take('api', from),
      strangerAt: ({ clientIp, requestId }) => ({ actor: { kind: 'anonymous' } as const, ip: clientIp, requestId }),
    }),
  )
  const report = (body: unknown) =>
    http.app.request('/api/v1/leak-reports', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const leaks = async () => {
    const admin = await world.database.superuser()
    const { rows } = await admin.query(
      `SELECT target_id, org_id IS NOT NULL AS in_organisation, actor_kind, after FROM events WHERE action = 'api_key.leaked'`,
    )
    return rows
  }
  return { ...world, report, leaks }
}

describe('[STO-4] a leaked key', () => {
  it('is revoked by whoever shows it; its owner is told by mail, the organisation by its log, services by the feed', async () => {
    const { keyed, report, verdict, leaks, letters, announced } = await leakWorld()
    const { org, made } = await keyed()
    const answer = await report({ key: made.secret, url: 'https://user:pass@paste.example/x?token=1#y' })
    expect([answer.status, await answer.json()]).toEqual([202, { accepted: true }])
    expect(await verdict(made.secret)).toBe('revoked')
    expect(await leaks()).toEqual([
      {
        target_id: made.id,
        in_organisation: true,
        actor_kind: 'anonymous',
        after: { because: 'leaked', url: 'https://paste.example/x' },
      },
    ])
    const letter = (await letters()).at(-1)
    expect(letter).toMatchObject({ message: 'notice api-key-leaked' })
    for (const words of ['nightly export (…', 'Acme']) expect(letter?.text).toContain(words)
    expect(await announced()).toEqual([{ apiKey: made.id, organisation: org, reason: 'key-leaked' }])
  })

  it('of a program: whoever may look after service accounts is told, at most twenty, and nobody else', async () => {
    const { keyed, serviceAccounts, apiKeys, join, memberships, report, letters } = await leakWorld()
    const { org, owner } = await keyed()
    const made = await serviceAccounts.create(operator, instanceAuthority, {
      organisation: org,
      name: 'importer',
      roles: ['member'],
    })
    if (!made.ok) throw new Error(JSON.stringify(made.error))
    const wish = { organisation: org, owner: made.value.id, name: 'sync', permissions: 'admin' } as const
    const leak = async () => {
      const key = await apiKeys.create(operator, instanceAuthority, wish)
      if (!key.ok) throw new Error(key.error.reason)
      await report({ key: key.value.secret.reveal() })
      return (await letters()).filter(({ message }) => message === 'program-key-leaked')
    }
    await join(org, ['member'])
    const gone = await join(org, ['admin'])
    expect((await memberships.suspend(operator, instanceAuthority, org, gone)).ok).toBe(true)
    const told = await leak()
    expect(told.map(({ name }) => name)).toEqual(['Olga Owner'])
    for (const words of ['sync (…', 'importer', 'Acme']) expect(told[0]?.text).toContain(words)
    expect(owner).toMatch(/^usr_/)
    for (let more = 0; more < 21; more++) await join(org, ['admin'])
    expect(await leak()).toHaveLength(1 + 20)
  })

  it('is answered like one that is none of ours, is malformed, or was reported before', async () => {
    const { keyed, report, leaks } = await leakWorld()
    const { made } = await keyed()
    const texts = [made.secret, made.secret, 'ghp_abc', '', `${made.secret.slice(0, -1)}x`]
    const answers = []
    for (const key of texts) {
      const answer = await report({ key })
      answers.push(`${answer.status} ${await answer.text()}`)
    }
    expect(new Set(answers).size).toBe(1)
    expect(await leaks()).toHaveLength(1)
  })

  it('comes in the shape of GitHub’s secret scanning as well, many at once, and not without end', async () => {
    const { keyed, report, verdict } = await leakWorld()
    const { made } = await keyed()
    const found = (token: string) => ({ token, type: 'hearthkey_api_key', url: null, source: 'content' })
    expect((await report([found('nothing'), found(made.secret)])).status).toBe(202)
    expect(await verdict(made.secret)).toBe('revoked')
    expect((await report(Array.from({ length: 101 }, () => found('x')))).status).toBe(400)
    for (const body of [{}, [{}], { key: 1 }, null, { key: 'x'.repeat(2001) }])
      expect((await report(body)).status).toBe(400)
  })

  it('is reported so often from one address, and no oftener', async () => {
    const { report } = await leakWorld()
    const answers: Response[] = []
    // Not all at once: whoever waits too long for a connection is turned away for that, on a busy machine.
    for (const atOnce of [...Array(5).fill(50), 52])
      answers.push(...(await Promise.all(Array.from({ length: atOnce }, () => report({ key: 'x' })))))
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(300)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(2)
  })
})
