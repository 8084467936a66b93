import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { SigningKey } from '../../src/licenses/issuing/private-key.ts'
import { licenseClaims } from '../../src/licenses/license/claims.ts'
import { verify } from '../../src/licenses/license/verify.ts'
import { verifyLicense } from '../../src/sdk/license.ts'
import { DAY, INSTANCE, licenseText, NOW, nowSeconds, published, sample, trusted, vendor } from './support.ts'

let key: SigningKey
beforeAll(async () => {
  key = await vendor()
})

const text = readFileSync(join(import.meta.dirname, '../../docs/license.schema.json'), 'utf8')
const schema = z.fromJSONSchema(JSON.parse(text))

/** What the published schema, the program and the SDK say of the same claims. */
async function opinions(claims: object): Promise<{ schema: boolean; program: boolean; sdk: boolean }> {
  const stated: unknown = JSON.parse(JSON.stringify({ ...sample, ...claims }))
  const license = licenseText(key, claims)
  const ours = verify(license, { keys: trusted(key), product: 'hearthkey', instance: INSTANCE, now: NOW })
  const theirs = await verifyLicense(license, {
    keys: published(key),
    product: 'hearthkey',
    instance: INSTANCE,
    now: NOW,
  })
  return {
    schema: schema.safeParse(stated).success,
    program: ours.state !== 'unreadable',
    sdk: theirs.state !== 'unreadable',
  }
}

const [yes, no] = [true, false].map((said) => ({ schema: said, program: said, sdk: said }))
const names = (number: number) => Array.from({ length: number }, (_, n) => `n${n}`)
const limits = (number: number) => Object.fromEntries(names(number).map((name) => [name, 1]))

describe('[STO-10] the published schema, the program and the SDK agree', () => {
  it.each<[string, object]>([
    ['the sample', {}],
    [
      'no features, limits, grace or instance',
      { features: undefined, limits: undefined, grace_days: undefined, instance: undefined },
    ],
    ['a licensee without a mailbox', { licensee: { name: 'Söhne & Töchter 𝒳' } }],
    ['more than we know', { seats: 7, licensee: { name: 'x', phone: '1' } }],
    [
      'as many features, limits and instances as there may be',
      {
        features: names(200),
        limits: limits(50),
        instance: [INSTANCE, ...names(19).map((n) => `https://${n}.example`)],
      },
    ],
    ['a year of grace', { grace_days: 365 }],
    ['names of 200 characters', { iss: 'ö'.repeat(200), sub: 'x'.repeat(200) }],
  ])('%s: a licence', async (_what, claims) => {
    expect(await opinions(claims)).toEqual(yes)
  })

  it.each<[string, object]>([
    ...Object.keys(sample)
      .filter((name) => !['features', 'limits', 'instance', 'grace_days'].includes(name))
      .map((name): [string, object] => [`no ${name}`, { [name]: undefined }]),
    ...Object.keys(sample).map((name): [string, object] => [`${name} is null`, { [name]: null }]),
    ['blank names', { iss: '  ' }],
    ['a name of 201 characters', { sub: 'x'.repeat(201) }],
    ['an escape of the terminal', { licensee: { name: 'Eve\u001b[2J' } }],
    ['a text that is turned around', { licensee: { name: 'Eve\u202e' } }],
    ['two lines', { iss: 'a\nb' }],
    ['a licence of no name', { jti: 'lic_1' }],
    ['a time before 1970', { nbf: -1 }],
    ['half a second', { iat: nowSeconds + 0.5 }],
    ['a time as a text', { exp: `${nowSeconds + DAY}` }],
    ['a time after the year 9999', { exp: 253_402_300_800 }],
    ['a product with a blank', { product: 'stor no' }],
    ['a feature that is no name', { features: [''] }],
    ['a feature of 65 characters', { features: ['x'.repeat(65)] }],
    ['features as a text', { features: 'einvoice' }],
    ['201 features', { features: names(201) }],
    ['a limit below none', { limits: { users: -1 } }],
    ['half a user', { limits: { users: 1.5 } }],
    ['a limit of a thing that is no name', { limits: { 'a b': 1 } }],
    ['51 limits', { limits: limits(51) }],
    ['limits in a row', { limits: [1] }],
    ['instances that are none', { instance: [] }],
    ['an instance as a text', { instance: INSTANCE }],
    ['an instance that moves the cursor', { instance: ['https://id.example.com/\u001b[2J'] }],
    ['an instance of another kind', { instance: ['ftp://id.example.com'] }],
    ['21 instances', { instance: names(21).map((n) => `https://${n}.example`) }],
    ['366 days of grace', { grace_days: 366 }],
    ['a licensee without a name', { licensee: { email: 'a@example.com' } }],
    ['a mailbox that is none', { licensee: { name: 'x', email: 'nowhere' } }],
    ['a mailbox with a line break', { licensee: { name: 'x', email: 'a@b\nc' } }],
  ])('%s: none', async (_what, claims) => {
    expect(await opinions(claims)).toEqual(no)
  })

  it('but for what a schema cannot say', async () => {
    const judged = { schema: true, program: false, sdk: false }
    expect(await opinions({ nbf: nowSeconds + 10, exp: nowSeconds + 10 }), 'it ends before it begins').toEqual(judged)
  })

  it('on every character of a name, with a validator that knows Unicode and with one that does not', () => {
    const properties = z.looseObject({ iss: z.looseObject({ pattern: z.string() }) })
    const { pattern } = z.looseObject({ properties }).parse(JSON.parse(text)).properties.iss
    const readings = [new RegExp(pattern), new RegExp(pattern, 'u')]
    const odd: string[] = []
    const isTaken = (name: string) => licenseClaims.shape.iss.safeParse(name).success
    for (let code = 0; code <= 0x1_ffff; code += 1) {
      if (code >= 0xd800 && code <= 0xdfff) continue
      const name = `a${String.fromCodePoint(code)}`
      const taken = isTaken(name)
      if (readings.some((reading) => reading.test(name) !== taken)) odd.push(code.toString(16))
    }
    expect(odd).toEqual([])
  })
})
