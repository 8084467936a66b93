import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { publicPem, type SigningKey } from '../../src/licenses/issuing/private-key.ts'
import { licenseId } from '../../src/licenses/license/claims.ts'
import { ISSUER, instance, operator } from './instance.ts'
import { licenseText, listText, nowSeconds, vendor } from './support.ts'

let key: SigningKey
let next: SigningKey
beforeAll(async () => {
  ;[key, next] = await Promise.all([vendor(), vendor('next')])
})

/** An instance whose licence was revoked a moment ago. */
async function revoked() {
  const house = await instance()
  const jti = licenseId.generate()
  const list = (claims: object = {}) => listText(key, { revoked: [{ jti, at: nowSeconds }], ...claims })
  const show = (text: string) => house.licenses.install(operator, text)
  await house.install({ jti })
  expect(await show(list())).toMatchObject({ ok: true, value: { kind: 'revocations' } })
  return { ...house, jti, list, show }
}

describe('[STO-10] revocations', () => {
  it('end a licence that is installed, and keep it from coming back', async () => {
    const { licenses, license, install, state, jti, list, show } = await revoked()
    expect(await state()).toBe('revoked')
    expect(await licenses.has('einvoice')).toBe(false)
    expect(await show(license({ jti }))).toMatchObject({ error: { standing: { state: 'revoked' } } })
    expect(await show(list({ iat: nowSeconds - 1, revoked: [] }))).toMatchObject({ error: { reason: 'list-older' } })
    expect(await show(list({ revoked: [] })), 'of the same second').toMatchObject({ error: { reason: 'list-older' } })
    expect(await show(listText(next, { revoked: [] }))).toMatchObject({
      error: { reason: 'list-unreadable', fault: 'unknown-key' },
    })
    expect(await state()).toBe('revoked')
    expect(await install()).toMatchObject({ ok: true })
  })

  it('stand beside those of another vendor name, and are not taken back by them', async () => {
    const { licenses, state, list, show } = await revoked()
    expect(await show(list({ iss: 'Storno AG', revoked: [] }))).toMatchObject({ ok: true })
    expect(await state()).toBe('revoked')
    expect(await show(list({ iat: nowSeconds - 1, revoked: [] }))).toMatchObject({ error: { reason: 'list-older' } })
    expect(await show(list({ iss: 'Storno AG', iat: nowSeconds - 1 }))).toMatchObject({
      error: { reason: 'list-older' },
    })
    expect((await licenses.status()).revocations).toMatchObject([
      { issuer: 'Storno GmbH', count: 1 },
      { issuer: 'Storno AG', count: 0 },
    ])
  })

  it('stay when the key that signed them is pinned no more', async () => {
    const { app, keys, state, show, jti } = await revoked()
    await writeFile(join(keys, 'next.pem'), publicPem(next))
    const byNext = listText(next, { iat: nowSeconds + 1, revoked: [{ jti, at: nowSeconds }] })
    expect(await show(byNext)).toMatchObject({ ok: true })
    await writeFile(join(keys, 'next.pem'), publicPem(key))
    app.clock.advance(61_000)
    expect(await state()).toBe('revoked')
  })

  it('do not come from the future: no later list would count until then', async () => {
    const { app, state, list, show } = await revoked()
    const early = list({ iat: nowSeconds + 3600, revoked: [] })
    expect(await show(early)).toMatchObject({ error: { reason: 'list-early' } })
    expect(await state()).toBe('revoked')
    app.clock.advance(3_600_000)
    expect(await show(early)).toMatchObject({ ok: true })
  })

  it('are missed when somebody deletes them', async () => {
    const { app, superuser, licenses, license, state, list, show } = await revoked()
    await superuser.query("SET hearthkey.test_arranges = 'yes'")
    await superuser.query("DELETE FROM licenses WHERE kind = 'revocations'")
    app.clock.advance(61_000)
    expect((await licenses.status()).standing).toEqual({ state: 'unreadable', reason: 'tampered' })
    expect(await show(license()), 'nor is there a way round').toMatchObject({
      error: { standing: { reason: 'tampered' } },
    })
    expect(await show(list({ iat: nowSeconds - 1 }))).toMatchObject({ error: { reason: 'list-older' } })
    expect(await show(list())).toMatchObject({ ok: true })
    expect(await state()).toBe('revoked')
  })
})

describe('[STO-10] the time that is kept', () => {
  it('is missed when somebody deletes it, until the licence is installed again', async () => {
    const { app, superuser, install, licenses, state } = await instance()
    await install()
    await superuser.query('DELETE FROM license_clock')
    app.clock.advance(61_000)
    expect((await licenses.status()).standing).toEqual({ state: 'unreadable', reason: 'tampered' })
    await licenses.check()
    expect(await state(), 'a check makes up no time').toBe('unreadable')
    expect(await licenses.install(operator, licenseText(key, { instance: [ISSUER] }))).toMatchObject({ ok: true })
    expect(await state()).toBe('valid')
    const { rows } = await sql`SELECT 1 FROM license_clock`.execute(app.database.owner)
    expect(rows).toHaveLength(1)
  })
})
