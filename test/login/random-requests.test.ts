import { expect, it } from 'vitest'
import { oneOf, randomFrom } from './random.ts'
import { openLogin } from './support.ts'

const passwords = {
  'ada@example.com': 'a hearth keeps the house warm',
  'bob@example.com': 'coal, kindling and a match',
}
const [ada, bob] = ['ada@example.com', 'bob@example.com'] as const
const SEED = 20_300_115
const REQUESTS = 400

it('[threat 11] whatever is sent, in whatever order, the engine hears of nobody who did not prove it in that attempt', async () => {
  const login = await openLogin()
  const people = {
    [ada]: await login.addPerson(ada, passwords[ada]),
    [bob]: await login.addPerson(bob, passwords[bob]),
  }
  const random = randomFrom(SEED)
  const attempts = Array.from({ length: 12 }, () =>
    login.engine.begin({ prompt: oneOf(random, ['login', 'login', 'consent']), sessionUser: people[ada].id }),
  )
  /** Which right credentials came in, with the cookie of that attempt. */
  const proven = new Set<string>()
  const emails = [ada, bob, 'nobody@example.com'] as const
  for (let request = 0; request < REQUESTS; request += 1) {
    const pending = attempts[Math.floor(random() * attempts.length)] ?? attempts[0]
    const other = attempts[Math.floor(random() * attempts.length)] ?? attempts[0]
    if (!pending || !other) throw new Error('no attempt')
    const { get, post } = login.browser(pending)
    const email = oneOf(random, emails)
    const password = oneOf(random, [passwords[ada], passwords[bob], '', 'wrong'])
    const isRight = email !== 'nobody@example.com' && passwords[email] === password
    const answer = await oneOf(random, [
      () => get(),
      () => get('/consent'),
      () => post('/consent'),
      () => post('', { email, password, proofs: 'password' }),
      () => post('', { email, password }, { cookie: `interaction=${other.uid}x` }),
      () => {
        if (isRight) proven.add(`${pending.uid} ${people[email].id}`)
        return post('', { email, password })
      },
      () => {
        if (random() < 0.1) login.engine.follow(pending.uid)
        return get()
      },
    ])()
    expect([200, 303, 400, 410], `request ${request} of seed ${SEED}`).toContain(answer.status)
  }
  expect(login.engine.signedInCalls.length).toBeGreaterThan(3)
  for (const { uid, result } of login.engine.signedInCalls) expect([...proven]).toContain(`${uid} ${result.user}`)
  const started = await login.database.app.selectFrom('sessions').select('id').execute()
  expect(started).toHaveLength(new Set(login.engine.signedInCalls.map(({ uid }) => uid)).size)
})
