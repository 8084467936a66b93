import { describe, expect, it } from 'vitest'
import { jwksRoutes } from '../../src/oidc/jwks.ts'
import { testHttp } from './support.ts'

describe('/oauth/jwks', () => {
  const { app } = testHttp()
  let published = { body: '{"keys":[]}', etag: '"one"' }
  app.route('/', jwksRoutes({ published: async () => published }))
  const ask = (headers: Record<string, string> = {}) => app.request('/oauth/jwks', { headers })

  it('serves the published bytes to anybody, to be kept for five minutes', async () => {
    const response = await ask()
    expect(await response.text()).toBe('{"keys":[]}')
    expect(response.headers.get('content-type')).toBe('application/jwk-set+json')
    expect(response.headers.get('cache-control')).toBe('public, max-age=300')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it.each(['"one"', 'W/"one"', '"zero", "one"', '*'])('is 304 to who has them: If-None-Match: %s', async (tag) => {
    const response = await ask({ 'if-none-match': tag })
    expect(response.status).toBe(304)
    expect(response.headers.get('etag')).toBe('"one"')
    expect(await response.text()).toBe('')
  })

  it('serves the next keys from the moment they are published', async () => {
    published = { body: '{"keys":[{}]}', etag: '"two"' }
    const response = await ask({ 'if-none-match': '"one"' })
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('{"keys":[{}]}')
    published = { body: '{"keys":[]}', etag: '"one"' }
  })
})
