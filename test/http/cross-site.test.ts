import { describe, expect, it } from 'vitest'
import { issuerUrl, testHttp } from './support.ts'

const { app } = testHttp()
let changes = 0
for (const path of ['/account/email', '/oauth/token', '/api/v1/users', '/oauth/tokens', '/api', '/apis/v1'])
  app.all(path, (c) => {
    if (c.req.method !== 'GET') changes += 1
    return c.text('done')
  })

async function send(path: string, method: string, headers: Record<string, string>): Promise<number> {
  const before = changes
  const { status } = await app.request(path, { method, headers })
  if (status === 403) expect(changes).toBe(before)
  return status
}

describe('[DRP-10] a change on a page that lives by cookies', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s passes from our own origin', async (method) => {
    expect(await send('/account/email', method, { origin: issuerUrl })).toBe(200)
    expect(await send('/account/email', method, { 'sec-fetch-site': 'same-origin' })).toBe(200)
  })

  it.each([
    {},
    { origin: 'null' },
    { origin: '' },
    { origin: 'https://evil.example' },
    { origin: 'http://id.example.com' },
    { origin: 'https://id.example.com.evil.example' },
    { origin: 'https://id.example.com:8443' },
    { origin: `${issuerUrl}, https://evil.example` },
    { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { referer: `${issuerUrl}/account` },
    { 'content-type': 'application/json', authorization: 'Bearer x' },
  ])('is refused with %j, and nothing changes', async (headers) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      expect(await send('/account/email', method, { ...headers })).toBe(403)
  })

  it('is refused for a route that only looks like a programmatic one', async () => {
    for (const path of ['/oauth/tokens', '/api', '/apis/v1']) expect(await send(path, 'POST', {})).toBe(403)
  })

  it('is not asked of programs on the routes named for them', async () => {
    expect(await send('/oauth/token', 'POST', {})).toBe(200)
    expect(await send('/api/v1/users', 'DELETE', { origin: 'https://app.example' })).toBe(200)
  })

  it('is not asked of a GET, which changes nothing', async () => {
    expect(await send('/account/email', 'GET', { origin: 'https://evil.example' })).toBe(200)
  })
})
