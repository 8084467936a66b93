import { randomBytes } from 'node:crypto'
import { defineId, type Id } from '../../src/lib/ids.ts'
import { arranged } from './organisations-support.ts'
import { authorization, type Browser, type House } from './support.ts'

const userId = defineId('usr')

/** Rows as the rooms of the factors write them; what is sealed in them nobody opens here. */
export const holds = (house: House, user: Id<'usr'>, factor: 'totp' | 'passkey' | 'email-code'): Promise<void> =>
  arranged(house, async (tx) => {
    const own = { user_id: userId.toUuid(user), created_at: house.clock.now() }
    const row = { ...own, id: crypto.randomUUID(), name: randomBytes(8) }
    if (factor === 'totp')
      await tx
        .insertInto('totp_authenticators')
        .values({ ...row, secret: randomBytes(8) })
        .execute()
    else if (factor === 'email-code') await tx.insertInto('email_code_factors').values(own).execute()
    else
      await tx
        .insertInto('passkeys')
        .values({
          ...row,
          credential_id: randomBytes(16),
          public_key: randomBytes(32),
          sign_count: 0,
          backup_eligible: true,
          backed_up: true,
          transports: [],
          aaguid: crypto.randomUUID(),
        })
        .execute()
  })

export interface Page {
  readonly prompt: string
  readonly rules: readonly unknown[]
  readonly fresh: boolean
  readonly session?: string
  readonly sessionUser?: string
}

/** Where an authorization request stops to ask: what the page there knows. Undefined where it does not stop. */
export async function asksAt(
  house: House,
  browser: Browser,
  options: Parameters<typeof authorization>[1],
): Promise<{ readonly page: Page; readonly answer: () => Promise<URL>; readonly verifier: string } | undefined> {
  const { url, verifier } = await authorization(house, options)
  const to = new URL((await browser.get(url)).headers.get('location') ?? '', house.url)
  if (!to.pathname.startsWith('/login/')) return undefined
  const page = (await (await browser.get(to)).json()) as Page
  return {
    page,
    verifier,
    answer: async () => {
      const resume = (await browser.post(to)).headers.get('location') ?? ''
      return new URL((await browser.get(resume)).headers.get('location') ?? '', house.url)
    },
  }
}
