import { beforeEach, describe, expect, it } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { newBrowser } from '../../src/guard/browsers/browser.ts'
import { type Ahead, lookingAhead } from '../../src/login/ahead.ts'
import { type User, userId } from '../../src/users/user.ts'
import { roundTripsDuring } from '../support/round-trips.ts'
import { type Login, openLogin } from './support.ts'

let login: Login
let ada: User
let bob: User
beforeEach(async () => {
  login = await openLogin()
  ada = await login.addPerson('ada@example.com', 'an engine weaves algebra')
  bob = await login.addPerson('bob@example.com', 'a kernel hums quietly')
})

const answers = async ({ named, password, held, isKnown, attempt }: Ahead) => ({
  named: (await named)?.id,
  password: await password,
  held: await held,
  isKnown: await isKnown,
  attempt: await attempt,
})

async function knownTo(user: User) {
  const { guard, services } = login
  const browser = newBrowser()
  await inTransaction(services.database.app, (tx) => guard.browsers.remember(tx, user.id, browser))
  return { ...browser, isFresh: false }
}

describe('what a password will be judged by, asked by the address', () => {
  it('is of whom the address names, in one round trip', async () => {
    const browser = await knownTo(ada)
    const looked: Awaited<ReturnType<typeof answers>>[] = []
    const look = async (email: string) =>
      looked.push(await answers(login.signIn.lookAhead({ uid: 'a-uid', email, browser })))
    await look(ada.email)
    expect(await roundTripsDuring(() => look(` ${ada.email.toUpperCase()} `))).toEqual({ trips: 1, statements: 5 })
    const expected = await login.parts.passwords.lookUp(ada.id)
    expect(expected).toBeDefined()
    for (const found of looked)
      expect(found).toMatchObject({
        named: ada.id,
        password: expected,
        held: { hasPassword: true },
        isKnown: true,
        attempt: undefined,
      })
  })

  it('is asked the same where it names nobody, and finds nothing', async () => {
    const browser = await knownTo(ada)
    const looked: Awaited<ReturnType<typeof answers>>[] = []
    const asked = await roundTripsDuring(async () =>
      looked.push(await answers(login.signIn.lookAhead({ uid: 'a-uid', email: 'nobody@example.com', browser }))),
    )
    expect(asked).toEqual({ trips: 1, statements: 5 })
    looked.push(await answers(login.signIn.lookAhead({ uid: 'a-uid', email: 'no address', browser })))
    for (const found of looked)
      expect(found).toMatchObject({
        named: undefined,
        password: undefined,
        held: { hasPassword: false },
        isKnown: false,
      })
  })

  it('is asked anew, by the person, where the address changed hands between two of the looks', async () => {
    const browser = await knownTo(bob)
    const { parts } = login
    const elsewhere = { ...parts.ahead, at: () => parts.ahead.at(bob.email) }
    const look = (ahead: typeof elsewhere, email: string) =>
      answers(lookingAhead({ ...parts, ahead, nobody: userId.generate() })({ uid: 'a-uid', email, browser }))
    expect(await look(elsewhere, ada.email)).toMatchObject({
      named: ada.id,
      password: await parts.passwords.lookUp(ada.id),
      isKnown: false,
    })
    expect(await look(elsewhere, 'nobody@example.com')).toMatchObject({
      named: undefined,
      password: undefined,
      held: { hasPassword: false },
      isKnown: false,
    })
    expect(await look(elsewhere, bob.email)).toMatchObject({ named: bob.id, isKnown: true })
  })
})
