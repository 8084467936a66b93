import { describe, expect, it } from 'vitest'
import { passkeyRoutes } from '../../../src/credentials/passkey/routes.ts'
import { testHttp } from '../../http/support.ts'

const issuerUrl = 'https://id.example.com'
const nothing = { relatedOrigins: [], androidApps: [], iosApps: [] }

async function ask(name: string, given: Partial<typeof configured> = {}) {
  const http = testHttp({ issuerUrl })
  http.app.route('/', passkeyRoutes({ ...nothing, ...given, issuerUrl, manage: '/account/security' }))
  const answer = await http.app.request(`/.well-known/${name}`)
  return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() }
}

const fingerprint = '146de983c5730650d8eeb9952f34fc6416a08342e61dbea88a0496b23fcf44e5'
const configured = {
  relatedOrigins: ['https://example.com', 'https://example.de'],
  androidApps: [`com.example.app=${fingerprint}`],
  iosApps: ['ABCDE12345.com.example.app'],
}

describe('[STO-1] what the ecosystem asks about passkeys', () => {
  it('is where they are looked after', async () => {
    const { status, type, body } = await ask('passkey-endpoints')
    expect({ status, type }).toEqual({ status: 200, type: 'application/json' })
    const page = 'https://id.example.com/account/security'
    expect(JSON.parse(body)).toEqual({ enroll: page, manage: page })
  })

  it('[MON-6] is which other origins and apps are ours, as the operator said', async () => {
    expect(JSON.parse((await ask('webauthn', configured)).body)).toEqual({ origins: configured.relatedOrigins })
    expect(JSON.parse((await ask('assetlinks.json', configured)).body)).toEqual([
      {
        relation: ['delegate_permission/common.get_login_creds', 'delegate_permission/common.handle_all_urls'],
        target: {
          namespace: 'android_app',
          package_name: 'com.example.app',
          sha256_cert_fingerprints: [
            '14:6D:E9:83:C5:73:06:50:D8:EE:B9:95:2F:34:FC:64:16:A0:83:42:E6:1D:BE:A8:8A:04:96:B2:3F:CF:44:E5',
          ],
        },
      },
    ])
    const association = await ask('apple-app-site-association', configured)
    expect(association).toMatchObject({ status: 200, type: 'application/json' })
    expect(JSON.parse(association.body)).toEqual({ webcredentials: { apps: ['ABCDE12345.com.example.app'] } })
  })

  it.each(['webauthn', 'assetlinks.json', 'apple-app-site-association'])(
    'and %s is not there where nothing is configured',
    async (name) => expect((await ask(name)).status).toBe(404),
  )
})
