import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { listen } from '../../src/http/server/listen.ts'
import { Secret } from '../../src/lib/secret.ts'
import { mailWorld } from '../links/support.ts'
import { freePort } from '../strangers/free-port.ts'
import { openBrowser, type TestBrowser, takePicture } from '../support/browser.ts'

let browser: TestBrowser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

async function served() {
  const port = await freePort()
  const issuerUrl = `http://127.0.0.1:${port}`
  const world = await mailWorld({ env: { ISSUER_URL: issuerUrl }, file: 'registration: { mode: open }' })
  const server = await listen({ http: world.http, host: '127.0.0.1', port, log: world.log.log })
  onTestFinished(() => server.close(0))
  const { page, close } = await browser.newPage({ javaScriptEnabled: false })
  onTestFinished(close)
  const go = (path: string) => page.goto(issuerUrl + path)
  const follow = async (path: string) => go(await world.linkTo(path))
  const text = async () => (await page.textContent('main')) ?? ''
  return { ...world, page, go, follow, text }
}

const email = 'grace@example.com'
const password = 'compilers need no magic'

describe('by mail, in a browser without JavaScript', () => {
  it('somebody makes an account, loses the password, finds the way back, and shuts a stranger out', async () => {
    const { page, go, follow, text, users, passwords, notices, by, database } = await served()
    await go('/register')
    await page.fill('#email', 'grace@')
    await page.click('#send-link')
    expect(await page.textContent('#email-error')).toContain('name@example.com')
    expect(await page.inputValue('#email')).toBe('grace@')
    await page.fill('#email', email)
    await page.click('#send-link')
    expect(await text()).toContain('This service sends no mail')

    await follow('/register/confirm')
    expect(await page.getAttribute('#password', 'autocomplete')).toBe('new-password')
    await page.fill('#name', 'Grace Hopper')
    await page.fill('#password', 'short')
    await page.click('#create-account')
    expect(await page.inputValue('#name')).toBe('Grace Hopper')
    expect(await page.inputValue('#password')).toBe('')
    await page.fill('#password', password)
    await page.click('#create-account')
    expect(await text()).toContain('Your account is ready')
    const user = await users.findByEmail(email)
    if (!user) throw new Error('nobody was created')

    await go('/recover')
    await page.fill('#email', email)
    await page.click('#send-link')
    await follow('/recover/password')
    await page.fill('#password', 'a forgotten one again')
    await page.click('#save-password')
    expect(await text()).toContain('Your password is changed')
    expect(await passwords.verify(user.id, new Secret('a forgotten one again'))).toBe('match')

    await inTransaction(database.app, (tx) =>
      notices.tell(tx, by, { user, what: 'new-device', device: 'Firefox, Linux', place: '192.0.2.7' }),
    )
    await follow('/link/not-me')
    await takePicture(page, 'not-me-walk')
    await page.click('#lock-account')
    expect(await text()).toContain('Your account is locked')
    expect((await users.find(user.id))?.status).toBe('locked')
    await page.click('#recover')
    expect(new URL(page.url()).pathname).toBe('/recover')
  })

  it('stays in the language that was chosen, from the page to the letter and over its link', async () => {
    const { page, go, follow, text, letters } = await served()
    await go('/register?lang=de')
    await page.fill('#email', email)
    await page.click('#send-link')
    expect(await text()).toContain('verschickt keine E-Mails')
    expect((await letters())[0]?.subject).toContain('Registrierung')
    await follow('/register/confirm')
    await page.fill('#name', 'Grace')
    await page.fill('#password', password)
    await page.click('#create-account')
    expect(await text()).toContain('Ihr Konto ist bereit')
  })
})
