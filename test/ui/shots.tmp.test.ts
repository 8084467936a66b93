import { it } from 'vitest'
import { AppError } from '../../src/errors/app-error.ts'
import { openBrowser } from '../support/browser.ts'
import { serve, testHttp } from '../http/support.ts'

it('shoots', async () => {
  const http = testHttp({ issuerUrl: 'http://localhost:3000' })
  http.app.get('/busy', () => {
    throw new AppError('unavailable', { detail: 'Too many people are signing in at this moment.' })
  })
  const server = await serve(http)
  const browser = await openBrowser()
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [320, 1280]) {
      const { page, close } = await browser.newPage({ colorScheme, viewport: { width, height: 720 } })
      page.on('console', (m) => console.log(m.text()))
      await page.goto(`${server.url}/${width === 320 ? 'busy' : 'nowhere'}`)
      await page.screenshot({ path: `/tmp/hx/${colorScheme}-${width}.png` })
      await close()
    }
  await browser.close()
  await server.close(0)
})
