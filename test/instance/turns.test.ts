import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listen } from '../../src/http/server/listen.ts'
import { turnKindOf, turnsOf } from '../../src/instance/turns.ts'
import { createTestApp } from '../support/app.ts'
import { testConfig } from '../support/config.ts'
import { eventually } from '../support/eventually.ts'
import { temporaryHome } from '../support/server.ts'
import { statementsDuring } from '../support/statements.ts'

const browser = { accept: 'text/html' }

/** One page at a time, and one person waiting; the database keeps the first of them until it is let go. */
async function crowdedServer() {
  const file = join(await temporaryHome(), 'hearthkey.yaml')
  await writeFile(file, 'load: { pages: 1, waiting: 1 }\n')
  const app = await createTestApp({ env: { CONFIG_FILE: file } })
  const server = await listen({ http: app.http, host: '127.0.0.1', port: 0, log: app.log.log })
  onTestFinished(() => server.close(0))
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${server.port}${path}`, { redirect: 'manual', ...init })
  const root = await app.database.superuser()
  await root.query('BEGIN; LOCK TABLE first_administrator')
  const held = [ask('/', { headers: browser }), ask('/', { headers: browser })]
  const waitsForALock = async () => {
    const { rowCount } = await root.query('SELECT 1 FROM pg_locks WHERE NOT granted')
    return (rowCount ?? 0) > 0 || undefined
  }
  await eventually(waitsForALock)
  await eventually(async () => (await ask('/recover', { headers: browser })).status === 503 || undefined)
  const release = async () => {
    await root.query('ROLLBACK')
    return Promise.all(held)
  }
  return { app, ask, release }
}

describe('a server with more people than it has room for', () => {
  it('[MON-8] refuses a page before it asks the database anything', async () => {
    const { ask, release } = await crowdedServer()
    const refused: Response[] = []
    const statements = await statementsDuring(async () => {
      for (const path of ['/oauth/authorize?client_id=x', '/recover', '/register'])
        refused.push(await ask(path, { headers: browser }))
    })
    expect(statements).toEqual([])
    expect(refused.map(({ status }) => status)).toEqual([503, 503, 503])
    expect(refused.every(({ headers }) => Number(headers.get('retry-after')) > 0)).toBe(true)
    expect((await release()).map(({ status }) => status)).not.toContain(503)
    expect((await ask('/recover', { headers: browser })).status).toBe(200)
  })

  it('[MON-8] takes nobody for one in the middle of a sign-in by the page that they ask for, but by its cookie', async () => {
    const { ask, release } = await crowdedServer()
    const login = (cookie: string) => ask('/login/x', { headers: { ...browser, cookie } })
    for (const cookie of ['', 'session=s', 'other=interaction=x', 'no-interaction=x'])
      expect((await login(cookie)).status, cookie).toBe(503)
    const answers = [login('first=1; interaction=x'), login('resume=x')]
    expect((await login('')).status).toBe(503)
    await release()
    expect((await Promise.all(answers)).map(({ status }) => status)).not.toContain(503)
  })

  it('answers programs, files and probes all the while', async () => {
    const { ask, release } = await crowdedServer()
    const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } }
    const answers = {
      '/oauth/jwks': await ask('/oauth/jwks'),
      '/.well-known/openid-configuration': await ask('/.well-known/openid-configuration'),
      '/healthz': await ask('/healthz'),
      '/readyz': await ask('/readyz'),
      '/oauth/token': await ask('/oauth/token', { ...form, body: 'grant_type=client_credentials&client_id=x' }),
      '/oauth/introspect': await ask('/oauth/introspect', { ...form, body: 'token=x&client_id=x' }),
      '/oauth/userinfo': await ask('/oauth/userinfo'),
    }
    expect(Object.entries(answers).filter(([, { status }]) => status === 503)).toEqual([])
    expect(answers['/oauth/jwks'].status).toBe(200)
    await release()
  })
})

const kindOf = (method: string, path: string) =>
  turnKindOf({ path, head: { method, target: path, headers: {}, hostLines: 1, peer: undefined } })

describe('who seems to be on their way', () => {
  const seems = (issuer: string, cookie: string) => {
    const header = (name: string) => (name === 'cookie' ? cookie : undefined)
    return turnsOf(testConfig({ ISSUER_URL: issuer })).seemsOnTheirWay({ header })
  }

  it('has a cookie of the engine by the name that it has for this issuer', () => {
    expect(seems('https://id.example.com', '__Secure-interaction=x')).toBe(true)
    expect(seems('https://id.example.com', '__Secure-resume=x')).toBe(true)
    expect(seems('https://id.example.com', 'interaction=x; resume=x')).toBe(false)
    expect(seems('http://localhost:3000', 'a=b;interaction=x')).toBe(true)
  })
})

describe('who waits for a turn', () => {
  it('is said of every route: a new one has to be put on one side', async () => {
    const { http } = await createTestApp()
    const routes = http.app.routes
      .filter(({ method }) => method === 'GET' || method === 'POST')
      .map(({ method, path }) => ({ method, path: path.replace(/:\w+/g, 'x') }))
    const immediate = [...new Set(routes.filter(({ method, path }) => !kindOf(method, path)).map(({ path }) => path))]
    expect(immediate.map((path) => path.replace(/\.[0-9a-f]{12}\./, '.')).sort()).toEqual([
      ...[
        '/.well-known/apple-app-site-association',
        '/.well-known/assetlinks.json',
        '/.well-known/audit-jwks.json',
        '/.well-known/change-password',
      ],
      ...['/.well-known/license-jwks.json', '/.well-known/oauth-authorization-server'],
      ...['/.well-known/openid-configuration', '/.well-known/passkey-endpoints', '/.well-known/webauthn'],
      ...['/api/v1/leak-reports', '/assets/favicon.svg', '/assets/hearthkey.css', '/assets/keep.js'],
      ...[
        '/assets/new-password.js',
        '/assets/passkey-capable.js',
        '/assets/passkey-signals.js',
        '/assets/passkey.js',
        '/assets/send-on.js',
      ],
      ...['/healthz', '/oauth/apis/x/jwks', '/oauth/device_authorization', '/oauth/introspect', '/oauth/jwks'],
      ...[
        '/oauth/par',
        '/oauth/register',
        '/oauth/revocations',
        '/oauth/revoke',
        '/oauth/token',
        '/oauth/userinfo',
        '/readyz',
      ],
    ])
  })

  it('tells a form with a password from one without, and who begins from who is on their way', () => {
    expect(kindOf('POST', '/login/x')).toBe('password')
    expect(kindOf('POST', '/login/x/password')).toBe('password')
    expect(kindOf('POST', '/login/x/consent')).toBe('page')
    expect(kindOf('POST', '/login/x/abort')).toBe('page')
    expect(kindOf('POST', '/login/x/organisation')).toBe('page')
    expect(kindOf('POST', '/login/x/second-factor')).toBe('page')
    expect(kindOf('POST', '/login/x/passkey/options')).toBe('page')
    expect(kindOf('POST', '/invite/create')).toBe('password')
    expect(kindOf('POST', '/invite/accept')).toBe('page')
    expect(kindOf('GET', '/login/x')).toBe('page')
    expect(kindOf('POST', '/account/password')).toBe('password')
    expect(kindOf('GET', '/oauth/authorize')).toBe('begins')
    expect(kindOf('POST', '/oauth/authorize')).toBe('begins')
    expect(kindOf('GET', '/oauth/authorize/x')).toBe('page')
    expect(kindOf('POST', '/recover')).toBe('page')
    expect(kindOf('GET', '/oauth/token')).toBeUndefined()
  })
})
