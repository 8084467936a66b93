import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { publicPem } from '../../src/licenses/issuing/private-key.ts'
import { licenseId } from '../../src/licenses/license/claims.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { folder, licenseText, vendor } from './support.ts'

export const operator = { actor: { kind: 'operator', id: 'test' } } as const
export const ISSUER = 'http://localhost:3000'
export type LicensedInstance = Awaited<ReturnType<typeof instance>>

/** The configuration names no file in these tests but by its environment; the section is handed in. */
export async function instance({
  required = 'off',
  inTokens = 'off',
}: {
  required?: 'off' | 'on'
  inTokens?: 'off' | 'on'
} = {}) {
  const key = await vendor()
  const keys = join(await folder(), 'license')
  await mkdir(keys)
  await writeFile(join(keys, 'vendor.pem'), publicPem(key))
  const file = join(dirname(keys), 'hearthkey.yaml')
  await writeFile(file, `licenses:\n  keys: ${keys}\n  required: ${required}\n  inTokens: ${inTokens}\n`)
  const app = await createTestApp({ env: { CONFIG_FILE: file, ISSUER_URL: ISSUER } })
  const { licenses } = app.services
  const license = (claims: object = {}) =>
    licenseText(key, { instance: [ISSUER], jti: licenseId.generate(), ...claims })
  const install = (claims: object = {}) => licenses.install(operator, license(claims))
  const state = async () => (await licenses.status()).standing?.state
  const superuser = await app.database.superuser()
  const events = async () => {
    // Not by the id first: it goes by the clock, which some of these tests set back.
    const { rows } = await superuser.query<{ action: string; after: unknown }>(
      "SELECT action, after FROM events WHERE action LIKE 'license.%' ORDER BY xid, id",
    )
    return rows
  }
  return { app, licenses, license, install, state, events, superuser, keys }
}

export const person = (app: TestApp, name: string) =>
  app.people.users.create(operator, { email: `${name}@example.com`, name })
export const people = async (app: TestApp, most: number) => {
  for (let n = 0; n < most; n += 1) expect(await person(app, `p${n}`)).toMatchObject({ ok: true })
}
