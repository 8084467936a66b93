import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { publicPem } from '../../src/licenses/issuing/private-key.ts'
import { askToken, openHouse } from '../oidc/support.ts'
import { DAY, folder, licenseText, vendor } from './support.ts'

const audience = 'https://api.example.com/invoices'
const operator = { actor: { kind: 'operator', id: 'test' } } as const

async function tokens(inTokens: 'on' | 'off') {
  const home = await folder()
  await mkdir(join(home, 'license'))
  const key = await vendor()
  await writeFile(join(home, 'license/vendor.pem'), publicPem(key))
  const file = join(home, 'hearthkey.yaml')
  await writeFile(file, `licenses: { keys: ${home}/license, inTokens: ${inTokens} }\n`)
  const house = await openHouse({ env: { CONFIG_FILE: file } })
  await house.addApi({ audience, name: 'Invoices', scopes: ['invoices:read'] })
  const client = await house.addClient({ redirectUris: [], grantTypes: ['client_credentials'], apis: [audience] })
  const claims = async () => {
    const { status, body } = await askToken(house, client, { grant_type: 'client_credentials' })
    expect(status).toBe(200)
    return decodeJwt(body['access_token'] ?? '')['lic']
  }
  const now = Math.floor(house.clock.now().getTime() / 1000)
  const text = licenseText(key, { iat: now, nbf: now, exp: now + DAY, grace_days: 1, instance: undefined })
  const install = async () => expect(await house.services.licenses.install(operator, text)).toMatchObject({ ok: true })
  return { house, claims, install }
}

describe('[STO-10] access tokens', () => {
  it('say edition and features where that is wanted, and only while the licence counts', async () => {
    const { house, claims, install } = await tokens('on')
    expect(await claims()).toBeUndefined()
    await install()
    expect(await claims()).toEqual({ edition: 'business', features: ['einvoice'] })
    house.clock.advance(3 * DAY * 1000)
    expect(await claims(), 'and are issued all the same').toBeUndefined()
  })

  it('say nothing of it where nobody asked', async () => {
    const { claims, install } = await tokens('off')
    await install()
    expect(await claims()).toBeUndefined()
  })
})
