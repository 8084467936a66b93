import { beforeEach, describe, expect, it } from 'vitest'
import { en } from '../../src/ui/messages/en.ts'
import { type Login, openLogin } from './support.ts'

const password = 'a hearth keeps the house warm'
const right = { email: 'ada@example.com', password }
const foreign = { cookie: 'lang=en' }
const noCookies = { cookie: '' }

let login: Login
beforeEach(async () => {
  login = await openLogin()
})

const ended = en['gone.title']

describe('a sign-in page that nothing waits behind', () => {
  it('after the end, by the back button or a second tab, says calmly that it has ended', async () => {
    await login.addPerson(right.email, password)
    const pending = login.engine.begin()
    const { get, post } = login.browser(pending)
    await post('', right)
    login.engine.follow(pending.uid)
    for (const answer of [await get(), await post('', right), await get('/consent'), await post('/abort')]) {
      expect(answer.status).toBe(410)
      const page = await answer.text()
      expect(page).toMatch(/^<!doctype html>/)
      expect(page).toContain(ended)
      expect(page).toContain('interaction-gone')
      expect(page).toContain(answer.headers.get('x-request-id') ?? 'no request id')
    }
    expect(login.verifications).toHaveLength(1)
  })

  it('after it expired', async () => {
    const pending = login.engine.begin()
    login.engine.expire(pending.uid)
    const answer = await login.browser(pending).get('', noCookies)
    expect([answer.status, await answer.text()]).toEqual([410, expect.stringContaining(ended)])
  })

  it('[threat 12] in another browser than the one that began it', async () => {
    await login.addPerson(right.email, password)
    const { get, post } = login.browser(login.engine.begin())
    expect((await get('', foreign)).status).toBe(410)
    expect((await post('', right, foreign)).status).toBe(410)
    expect(login.verifications).toEqual([])
  })

  it('[threat 12] in a browser that is in the middle of another sign-in', async () => {
    await login.addPerson(right.email, password)
    const [mine, theirs] = [login.engine.begin(), login.engine.begin()]
    const cookie = { cookie: `interaction=${mine.uid}` }
    expect((await login.browser(theirs).post('', right, cookie)).status).toBe(410)
    expect(login.engine.signedInCalls).toEqual([])
  })

  it('without any cookie names both causes: another browser began it, or cookies are off; and where to allow them', async () => {
    const pending = login.engine.begin()
    const { cookie: _, ...headers } = { cookie: '', accept: 'text/html' }
    const answer = await login.app.request(`/login/${pending.uid}`, { headers })
    expect(answer.status).toBe(400)
    const page = await answer.text()
    expect(page).toContain(en['cookies.title'])
    expect(page).toContain(en['cookies.otherBrowser'])
    expect(page).toContain(en['cookies.off'])
    expect(page).not.toContain('Your browser keeps no cookies')
    expect(page).toContain('id.example.com')
    expect(page).toContain('cookies-missing')
    expect(page).toContain(answer.headers.get('x-request-id') ?? 'no request id')
  })

  it('tells a program the same by the code of the error, and the operator finds it in the log', async () => {
    const answer = await login.app.request('/login/none', { headers: { accept: 'application/json' } })
    expect([answer.status, await answer.json()]).toMatchObject([410, { code: 'interaction-gone' }])
    const requestId = answer.headers.get('x-request-id')
    expect(login.captured.lines()).toContainEqual(expect.objectContaining({ requestId, error: 'interaction-gone' }))
  })
})
