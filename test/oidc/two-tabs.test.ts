import { expect, it } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { sha256 } from '../../src/lib/hash.ts'
import { authorization, codeFor, type House, openHouse, redeem } from './support.ts'

type Browser = ReturnType<House['browser']>

const living = async (house: House) =>
  (
    await house.database.ownerPool.query<{ id: string; carried: boolean }>(
      `SELECT id, EXISTS (SELECT FROM session_carriers WHERE session_id = sessions.id) AS carried
         FROM sessions WHERE ended_at IS NULL AND id IN (SELECT session_id FROM oidc_artifacts WHERE kind = 'Grant')`,
    )
  ).rows

/** Signed in, up to the way back to the application, which is not gone. */
async function tab(house: House, browser: Browser, clientId: string): Promise<{ resume: URL; verifier: string }> {
  const { url, verifier } = await authorization(house, { clientId, prompt: 'login' })
  const page = (await browser.get(url)).headers.get('location') ?? ''
  const resume = (await browser.post(new URL(page, house.url))).headers.get('location') ?? ''
  return { resume: new URL(resume, house.url), verifier }
}

it('[DRP-2] two tabs that sign in at once leave one session, which the cookie of the browser carries', async () => {
  const house = await openHouse()
  await house.addPerson()
  const client = await house.addClient()
  for (let round = 0; round < 6; round += 1) {
    const browser = house.browser()
    await codeFor(house, client, { browser })
    const tabs = [await tab(house, browser, client.id), await tab(house, browser, client.id)]
    const answers = await Promise.all(tabs.map(({ resume }) => browser.get(resume)))
    const codes = answers.map((answer) =>
      new URL(answer.headers.get('location') ?? '', house.url).searchParams.get('code'),
    )
    const got = codes.flatMap((code, n) => (code === null ? [] : [{ code, verifier: tabs[n]?.verifier ?? '' }]))
    // The last whose sign-in counts has a code that is worth something; the other was told to begin anew, or its session gave way.
    const redeemed = await Promise.all(got.map((one) => redeem(house, client, one)))
    expect(redeemed.filter(({ status }) => status === 200).length).toBe(1)
    expect(await living(house)).toEqual([{ id: expect.any(String), carried: true }])
    const { url } = await authorization(house, { clientId: client.id, prompt: 'none' })
    const location = (await browser.get(url)).headers.get('location') ?? ''
    expect(location, 'the cookie is of that session').toMatch(/[?&]code=/)
    await house.database.ownerPool.query('DELETE FROM oidc_artifacts')
  }
})

it('[DRP-2] of two sign-ins that one carrier is to carry at once, the one that was there first is not left without it', async () => {
  const house = await openHouse()
  const { id: user } = await house.addPerson()
  const { sessions } = house
  const db = house.services.database.app
  const engineUidHash = sha256('the engine’s')
  const start = () =>
    inTransaction(db, (tx) =>
      sessions.start(
        tx,
        { actor: { kind: 'person', id: user } },
        { user, amr: ['pwd'], acr: 'aal1', userAgent: undefined, ip: '192.0.2.1', at: house.clock.now() },
      ),
    )
  const [first, second] = [await start(), await start()]
  const bound = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  const one = inTransaction(db, async (tx) => {
    const done = await sessions.bind(tx, { session: first, engineUidHash })
    bound.resolve()
    await go.promise
    return done
  })
  await bound.promise
  const other = inTransaction(db, (tx) => sessions.bind(tx, { session: second, engineUidHash }))
  const { rows } = await house.database.ownerPool.query('SELECT 1')
  expect(rows).toHaveLength(1)
  go.resolve()
  expect(await one).toBe(true)
  const later = await other
  // Whichever it found: nothing lives that nothing carries.
  const left = (
    await house.database.ownerPool.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM sessions WHERE ended_at IS NULL AND id IN (SELECT session_id FROM session_carriers)',
    )
  ).rows[0]?.n
  expect(left).toBe(1)
  const [state] = (
    await house.database.ownerPool.query<{ alive: boolean }>(
      'SELECT ended_at IS NULL AS alive FROM sessions ORDER BY id LIMIT 1',
    )
  ).rows
  expect(state?.alive, 'the first goes on, or has ended').toBe(!later)
})
