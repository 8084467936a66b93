import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { freePort } from '../support/free-port.ts'
import { expectAccessToken } from './contract.ts'
import { administrator, openHouse } from './house.ts'

const library = readFileSync(
  fileURLToPath(import.meta.resolve('oidc-client-ts/package.json')).replace(
    'package.json',
    'dist/browser/oidc-client-ts.min.js',
  ),
)

let browser: TestBrowser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

const wholeUser = z.object({
  access_token: z.string(),
  refresh_token: z.string().optional(),
  profile: z.looseObject({ sub: z.string(), name: z.string(), email: z.string() }),
})

it('oidc-client-ts completes code + PKCE in a browser, from a page of another origin', async () => {
  const { issuer, createClient } = await openHouse()
  const app = await serveApp()
  const { clientId } = await createClient(
    ...['--name', 'Board', '--type', 'single-page', '--redirect-uri', `${app}/callback`],
    ...['--post-logout-redirect-uri', `${app}/signed-out`],
  )
  const settings = {
    authority: issuer,
    client_id: clientId,
    redirect_uri: `${app}/callback`,
    post_logout_redirect_uri: `${app}/signed-out`,
    response_type: 'code',
    scope: 'openid profile email',
    loadUserInfo: true,
  }
  const { page, close } = await browser.newPage()
  onTestFinished(close)

  await page.goto(app)
  await page.evaluate(`start(${JSON.stringify(settings)})`)
  await page.waitForURL(`${issuer}/login/**`)
  await page.fill('#email', administrator.email)
  await page.fill('#password', administrator.password)
  await page.click('#sign-in')
  await page.click('#allow')
  await page.waitForURL(`${app}/callback*`)

  const user = wholeUser.parse(await inPage(page, `finish(${JSON.stringify(settings)})`))
  expect(user.profile).toMatchObject({ name: administrator.name, email: administrator.email })
  expect((await expectAccessToken(user.access_token, { issuer, clientId })).sub).toBe(user.profile.sub)

  await page.evaluate(`leave(${JSON.stringify(settings)})`)
  await page.waitForURL(`${issuer}/oauth/logout*`)
  await page.click('#sign-out')
  await page.waitForURL(`${app}/signed-out*`)
}, 60_000)

/** The reason of a refusal, instead of the stack of another program. */
async function inPage(page: Page, call: string): Promise<unknown> {
  const found = z.union([z.object({ value: z.unknown() }), z.object({ error: z.string() })])
  const outcome = found.parse(
    await page.evaluate(`${call}.then((value) => ({ value }), (error) => ({ error: String(error) }))`),
  )
  if ('error' in outcome) throw new Error(outcome.error)
  return outcome.value
}

const html = `<!doctype html><meta charset="utf-8"><title>Board</title><script src="/library.js"></script><script>
  const manager = (settings) => new oidc.UserManager(settings)
  const start = (settings) => void manager(settings).signinRedirect()
  const finish = async (settings) => JSON.parse((await manager(settings).signinRedirectCallback()).toStorageString())
  const leave = (settings) => void manager(settings).signoutRedirect()
</script>`

/** A page of somebody else's, on an origin of its own. */
async function serveApp(): Promise<string> {
  const server = createServer((request, response) =>
    request.url === '/library.js'
      ? response.setHeader('content-type', 'text/javascript').end(library)
      : response.setHeader('content-type', 'text/html').end(html),
  )
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://localhost:${port}`
}
