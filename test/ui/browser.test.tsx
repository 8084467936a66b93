import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allowFormTo } from '../../src/http/headers/content-security-policy.ts'
import { Alert } from '../../src/ui/alert.tsx'
import { Form } from '../../src/ui/form.tsx'
import { Layout } from '../../src/ui/layout.tsx'
import { createWords } from '../../src/ui/messages/words.ts'
import { type Served, serve, testHttp } from '../http/support.ts'
import { freePort } from '../strangers/free-port.ts'
import { openBrowser, type TestBrowser } from '../support/browser.ts'

const t = createWords().speak('en')

async function serveSite(client: string) {
  const port = await freePort()
  const issuerUrl = `http://127.0.0.1:${port}`
  const http = testHttp({ issuerUrl })
  const form = (
    <Layout t={t} title="Change">
      <h1>Change</h1>
      <Alert tone="danger">Nothing has been saved yet.</Alert>
      <Form t={t} id="change" action="/change">
        <button type="submit">Save</button>
      </Form>
    </Layout>
  )
  http.app.get('/form', (c) => c.html(form))
  http.app.get('/unreferred', (c) => c.html(form, 200, { 'Referrer-Policy': 'no-referrer' }))
  http.app.get('/consent', (c) => {
    allowFormTo(c, `${client}/callback`)
    return c.html(form)
  })
  http.app.post('/change', (c) => c.redirect(`${client}/callback`, 303))
  return { http, issuerUrl, server: await serve(http, port) }
}

describe('in a browser', () => {
  const client = testHttp({ issuerUrl: 'http://localhost:3000' })
  let clientServer: Served
  let site: Awaited<ReturnType<typeof serveSite>>
  let browser: TestBrowser
  beforeAll(async () => {
    client.app.get('/callback', (c) => c.text('back at the client'))
    clientServer = await serve(client)
    site = await serveSite(clientServer.url)
    client.app.get('/attack', (c) =>
      c.html(`<form method="post" action="${site.issuerUrl}/change"><button>Save</button></form>`, 200, {
        'Content-Security-Policy': "default-src 'none'",
      }),
    )
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser.close()
    await Promise.all([clientServer.close(0), site.server.close(0)])
  })

  async function visit<T>(url: string, then: (page: Page, violations: string[]) => Promise<T>): Promise<T> {
    const { page, close } = await browser.newPage({ viewport: { width: 320, height: 640 }, javaScriptEnabled: false })
    const violations: string[] = []
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) violations.push(message.text())
    })
    try {
      await page.goto(url)
      return await then(page, violations)
    } finally {
      await close()
    }
  }

  const submit = async (page: Page) => {
    await page.getByRole('button').click()
    await page.waitForLoadState()
    return page.locator('body').innerText()
  }

  it('[DRP-11] a page is styled and complete under its own policy, at 320 pixels', async () => {
    await visit(`${site.issuerUrl}/nowhere`, async (page, violations) => {
      expect(await page.getByRole('heading').innerText()).toBe('There is nothing at this address')
      const root = 'document.documentElement'
      expect(await page.evaluate<number>(`${root}.scrollWidth`)).toBeLessThanOrEqual(320)
      expect(await page.evaluate<string>(`getComputedStyle(${root}).fontFamily`)).toContain('system-ui')
      expect(violations).toEqual([])
    })
  })

  it('[DRP-10] a form of ours is let through, and ends at the client it was opened for', async () => {
    expect(await visit(`${site.issuerUrl}/consent`, submit)).toBe('back at the client')
  })

  it('[DRP-10] the form of another site is refused with a page', async () => {
    expect(await visit(`${clientServer.url}/attack`, submit)).toContain('This request came from another site')
  })

  it('[DRP-12] the referrer policy is as strict as an origin check allows: no-referrer would refuse our own forms', async () => {
    expect(await visit(`${site.issuerUrl}/unreferred`, submit)).toContain('This request came from another site')
  })

  it('[DRP-11] a form that was opened for no client cannot leave', async () => {
    await visit(`${site.issuerUrl}/form`, async (page, violations) => {
      await page.getByRole('button').click()
      await expect.poll(() => violations.length).toBeGreaterThan(0)
      expect(page.url()).not.toContain('/callback')
    })
  })
})
