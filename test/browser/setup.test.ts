import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { listen } from '../../src/http/server/listen.ts'
import { Secret } from '../../src/lib/secret.ts'
import { filledIn, setupWorld } from '../setup/support.ts'
import { freePort } from '../strangers/free-port.ts'
import { openBrowser, type TestBrowser } from '../support/browser.ts'

let browser: TestBrowser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

async function served() {
  const port = await freePort()
  const issuerUrl = `http://127.0.0.1:${port}`
  const world = await setupWorld({ ISSUER_URL: issuerUrl })
  const server = await listen({ http: world.http, host: '127.0.0.1', port, log: world.log.log })
  onTestFinished(() => server.close(0))
  const link = issuerUrl + (await world.link())
  const { page, close } = await browser.newPage({ javaScriptEnabled: false })
  onTestFinished(close)
  const fill = async (fields: Partial<typeof filledIn>) => {
    for (const [name, value] of Object.entries(fields)) await page.fill(`#setup [name=${name}]`, value)
    await page.click('#create-admin')
  }
  return { ...world, link, page, fill }
}

describe('set-up in a browser without JavaScript', () => {
  it('creates the first administrator, and says so', async () => {
    const { page, link, fill, users, passwords } = await served()
    await page.goto(link)
    expect(await page.getAttribute('#password', 'autocomplete')).toBe('new-password')
    expect(await page.getAttribute('#email', 'autocomplete')).toBe('username')
    await fill(filledIn)
    expect(await page.textContent('main')).toContain(filledIn.email)
    const user = await users.findByEmail(filledIn.email)
    expect(user?.instanceRole).toBe('admin')
    expect(await passwords.verify(user?.id, new Secret(filledIn.password))).toBe('match')
    await page.goto(link)
    expect(await page.textContent('main')).toContain('hearthkey setup-link')
  })

  it('shows a mistake beside its field, keeps the rest, and puts the cursor where it is', async () => {
    const { page, link, fill, users } = await served()
    await page.goto(link)
    await fill({ ...filledIn, password: 'too short' })
    expect(await page.textContent('#password-error')).toContain('12')
    expect(await page.getAttribute('#password', 'aria-invalid')).toBe('true')
    expect(await page.inputValue('#name')).toBe(filledIn.name)
    expect(await page.inputValue('#email')).toBe(filledIn.email)
    expect(await page.inputValue('#password')).toBe('')
    await page.waitForSelector('#password:focus')
    await fill({ password: filledIn.password })
    expect(await users.findByEmail(filledIn.email)).toMatchObject({ instanceRole: 'admin' })
  })

  it('goes from field to field to the button with the tabulator', async () => {
    const { page, link } = await served()
    await page.goto(link)
    const order: (string | null)[] = []
    await page.waitForSelector('[autofocus]:focus')
    for (let step = 0; step < 4; step += 1) {
      order.push(await page.locator('#setup :focus').getAttribute('id'))
      await page.keyboard.press('Tab')
    }
    expect(order).toEqual(['name', 'email', 'password', 'create-admin'])
  })
})
