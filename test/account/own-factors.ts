import { codeAt } from '../../src/credentials/totp/codes.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { sha256 } from '../../src/lib/hash.ts'
import { Secret } from '../../src/lib/secret.ts'
import type { User } from '../../src/users/user.ts'
import { type AccountHouse, type Browser, password, type Stop } from './support.ts'

const PERIOD_MS = 30_000

/** What an app shows now. `key` as the page prints it. */
export const codeOf = (house: Pick<AccountHouse, 'clock'>, key: string): string =>
  codeAt(new Secret(key.replaceAll(' ', '')), Math.floor(house.clock.now().getTime() / PERIOD_MS))

export const keyOn = ({ html, path }: Stop): string => {
  const key = /id="totp-key"[\s\S]*?data-line="([A-Z2-7]+)"/.exec(html)?.[1]
  if (!key) throw new Error(`no key at ${path}`)
  return key
}

/** As if it had been added long ago: an app with its key. A step later, so that its next code is good. */
export async function withApp(house: AccountHouse, user: User, name = 'Phone'): Promise<string> {
  const { totps } = house.people.factors
  const holder = sha256(`arranged ${name}`)
  await totps.offer(holder, user.id)
  const offer = await totps.offered(holder, user)
  if (!offer) throw new Error('nothing was offered')
  const key = offer.secret.reveal()
  const by = { actor: { kind: 'operator', id: 'test' } } as const
  const added = await inTransaction(house.services.database.app, (tx) =>
    totps.add(tx, by, { holder, user: user.id, code: codeOf(house, key), name }),
  )
  if (!added.ok) throw new Error(added.error)
  house.clock.advance(PERIOD_MS)
  return key
}

/** Password, then the code that the app shows. */
export async function signInWithApp(house: AccountHouse, browser: Browser, key: string, to = '/account') {
  const second = await browser.signIn(to, undefined, password)
  house.clock.advance(PERIOD_MS)
  return browser.send(second, 'second-factor', { factor: 'totp', code: codeOf(house, key) })
}

/** The code of the last letter with one. */
export async function mailedCode(house: Pick<AccountHouse, 'letters'>): Promise<string> {
  const last = (await house.letters()).filter(({ message }) => message === 'email-code').at(-1)
  return /\b\d{6}\b/.exec(last?.text ?? '')?.[0] ?? ''
}

/** From the page that asks for the mailbox to the one that was wanted. */
export async function proveMailbox(house: AccountHouse, browser: Browser, asked: Stop): Promise<Stop> {
  const sent = await browser.send(asked, 'send-mailbox-code')
  return browser.send(sent, 'prove-mailbox', { code: await mailedCode(house) })
}
