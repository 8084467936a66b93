import { expect, it } from 'vitest'
import { askToken, authorization, codeFor, openHouse, redeem, signedOut } from './support.ts'

it('after a whole flow no column of any table holds anything that opens something', async () => {
  const house = await openHouse()
  await house.addPerson()
  const client = await house.addClient()
  const browser = house.browser()

  const waiting = await authorization(house, { clientId: client.id, login_hint: 'somebody@example.test' })
  const stopped = await house.browser().get(waiting.url)
  const code = await codeFor(house, client, { browser, scope: 'openid email offline_access', prompt: 'consent' })
  const redeemed = await redeem(house, client, code)
  const first = redeemed.body
  const { body: second } = await askToken(house, client, {
    grant_type: 'refresh_token',
    refresh_token: first['refresh_token'] ?? '',
  })
  await askToken(house, client, { grant_type: 'client_credentials' })
  const unused = await codeFor(house, client, { browser })
  // Begun by somebody who is signed in: the engine notes the session's cookie with it.
  await browser.get((await authorization(house, { clientId: client.id, prompt: 'login' })).url)
  const logout = new URL('/oauth/logout', house.url)
  logout.searchParams.set('client_id', client.id)
  logout.searchParams.set('post_logout_redirect_uri', signedOut)
  const page = await (await browser.get(logout)).text()
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? ''

  const before = await everything(house)
  await browser.post('/oauth/logout/confirm', { xsrf, logout: 'yes' })
  const after = await everything(house)

  const cookies = [...browser.cookies, ...stopped.headers.getSetCookie()]
    .map((cookie) => /^[^=]+=([^;]+)/.exec(cookie)?.[1] ?? '')
    .filter((value) => value.length > 20)
  const uid = new URL(stopped.headers.get('location') ?? '', house.url).pathname.split('/').at(-1) ?? ''
  const opening = {
    code: code.code,
    unused: unused.code,
    xsrf,
    uid,
    secret: client.secret,
    access: first['access_token'],
    access2: second['access_token'],
    refresh: first['refresh_token'],
    refresh2: second['refresh_token'],
    verifier: code.verifier,
    idToken: first['id_token'],
    hint: 'somebody@example.test',
    ...Object.fromEntries(cookies.map((cookie, index) => [`cookie ${index}`, cookie])),
  }
  expect(cookies.length).toBeGreaterThan(4)
  for (const [name, value] of Object.entries(opening)) expect(value?.length, name).toBeGreaterThan(15)
  for (const text of [before, after])
    expect(Object.entries(opening).flatMap(([name, value]) => (text.includes(value ?? '') ? [name] : []))).toEqual([])
  // The search itself works: what may stand in plain text is found.
  expect(before).toContain('"grantId"')
  expect(before).toContain('AuthorizationCode')
})

/** Every column of every table as text: bytes as they are, and as the text they may be. */
async function everything({ database }: Awaited<ReturnType<typeof openHouse>>): Promise<string> {
  const superuser = await database.superuser()
  const { rows: tables } = await superuser.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  )
  const texts: string[] = []
  for (const { name } of tables) {
    const { rows } = await superuser.query(`SELECT * FROM ${name}`)
    for (const row of rows)
      for (const value of Object.values(row as Record<string, unknown>))
        texts.push(value instanceof Buffer ? value.toString('latin1') : (JSON.stringify(value) ?? ''))
  }
  return texts.join('\n')
}
