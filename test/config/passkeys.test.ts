import { describe, expect, it } from 'vitest'
import { load, problemsOf } from './surroundings.ts'

const hex = '146de983c5730650d8eeb9952f34fc6416a08342e61dbea88a0496b23fcf44e5'
const spelt = hex.toUpperCase().replaceAll(/(..)(?=.)/g, '$1:')
const env = { ISSUER_URL: 'https://id.example.com' }

describe('passkeys in the configuration', () => {
  it('belong to the host of the issuer unless a domain above it is named', () => {
    expect(load({ env }).config.passkeys.rpId).toBeUndefined()
    for (const rpId of ['id.example.com', 'example.com'])
      expect(load({ env, yaml: `passkeys: { rpId: ${rpId} }` }).config.passkeys.rpId).toBe(rpId)
  })

  it.each(['example.net', 'ample.com', 'login.id.example.com'])(
    'are refused for %s, where no browser would use them',
    (rpId) => {
      expect(problemsOf({ env, yaml: `passkeys: { rpId: ${rpId} }` })).toEqual([
        expect.stringContaining('name its host or a domain above it'),
      ])
    },
  )

  it('may belong to another domain that vouches for the issuer', () => {
    const yaml = 'passkeys: { rpId: example.net, relatedOrigins: [https://id.example.com] }'
    expect(problemsOf({ env, yaml })).toEqual([])
  })

  it('take apps and origins in any of their spellings, and keep one', () => {
    const yaml = `passkeys:
  relatedOrigins: [https://EXAMPLE.de/, "https://example.fr:8443"]
  androidApps: ["com.example.app=${spelt}", "com.example.app=${hex}"]
  iosApps: [ABCDE12345.com.example.app]`
    expect(load({ env, yaml }).config.passkeys).toMatchObject({
      relatedOrigins: ['https://example.de', 'https://example.fr:8443'],
      androidApps: [`com.example.app=${hex}`, `com.example.app=${hex}`],
      iosApps: ['ABCDE12345.com.example.app'],
    })
  })

  it.each([
    ['rpId', '"https://example.com"', 'a domain name'],
    ['rpId', '192.0.2.1', 'a domain name'],
    ['relatedOrigins', '[http://example.de]', 'a list of https origins'],
    ['relatedOrigins', '["https://example.de/path"]', 'a list of https origins'],
    ['androidApps', '[com.example.app]', 'a list of packages'],
    ['androidApps', '["com.example.app=14:6D"]', 'a list of packages'],
    ['androidApps', `["app=${hex}"]`, 'a list of packages'],
    ['iosApps', '[com.example.app]', 'a list of app ids'],
  ])('refuse %s: %s', (name, value, expected) => {
    expect(problemsOf({ env, yaml: `passkeys: { ${name}: ${value} }` })).toEqual([expect.stringContaining(expected)])
  })
})
