import { describe, expect, it } from 'vitest'
import { assets, stylesheet } from '../../src/ui/assets.ts'
import { testHttp } from '../http/support.ts'

const { app } = testHttp()

describe('assets', () => {
  it('are served from memory under the name of their content, to be kept for ever', async () => {
    for (const asset of assets) {
      const response = await app.request(asset.href)
      expect(asset.href).toMatch(/\.[0-9a-f]{12}\.(css|js|svg)$/)
      expect(await response.text()).toBe(asset.body)
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
      expect(response.headers.get('content-type')).toBe(asset.contentType)
    }
  })

  it('reach no file by another name', async () => {
    for (const path of ['/assets/tokens.css', '/assets/../package.json', '/assets/..%2fpackage.json', '/assets/'])
      expect((await app.request(path)).status).toBeGreaterThanOrEqual(400)
  })

  it('load nothing from anywhere else, so that pages open on an air-gapped machine', () => {
    for (const { body } of assets)
      expect(body.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|@import|url\(/)
    expect(stylesheet.body).toContain('prefers-reduced-motion')
  })
})
