import { describe, expect, expectTypeOf, it } from 'vitest'
import { checkedFields, type SnapshotValue } from '../../src/audit/snapshot.ts'
import { Secret } from '../../src/lib/secret.ts'

describe('a snapshot', () => {
  it('holds plain JSON, nested as it comes', () => {
    const fields = { name: 'Ada', tags: ['a', null], limits: { daily: 3, open: true } }
    expect(checkedFields(fields)).toEqual(fields)
  })

  it.each<[string, unknown]>([
    ['a Secret', new Secret('hunter2')],
    ['a Buffer', Buffer.from('key')],
    ['bytes', new Uint8Array(4)],
    ['a function', () => 'hunter2'],
    ['a Date', new Date(0)],
    ['a Map', new Map([['password', 'hunter2']])],
    ['a bigint', 1n],
    ['a number that JSON has no word for', Number.NaN],
    ['nothing at all', undefined],
  ])('[TOS-8] refuses %s, at the top and deep inside', (_name, value) => {
    expect(() => checkedFields({ field: value })).toThrow(TypeError)
    expect(() => checkedFields({ list: [{ deep: value }] })).toThrow(TypeError)
  })

  it('[TOS-8] never quotes what it refused', () => {
    expect(() => checkedFields({ field: Buffer.from('hunter2') })).not.toThrow(/hunter2/)
    expect(() => checkedFields({ password: 'hunter2' })).not.toThrow(/hunter2/)
  })

  it.each(['password', 'client_secret', 'clientSecret', 'refresh_token', 'accessToken', 'privateKey', 'private_key'])(
    '[TOS-8] refuses a text under the name %s, but not the fact that there is one',
    (name) => {
      expect(() => checkedFields({ inner: { [name]: 'x' } })).toThrow(`credential: ${name}`)
      expect(checkedFields({ [name]: true })).toEqual({ [name]: true })
    },
  )

  it('leaves names alone that only look alike', () => {
    const fields = { secretary: 'Ada', tokenKind: 'jwt', keyId: 'key_1' }
    expect(checkedFields(fields)).toEqual(fields)
  })

  it('[TOS-8] takes no secret and no bytes by its type either', () => {
    expectTypeOf<Secret<string>>().not.toExtend<SnapshotValue>()
    expectTypeOf<Buffer>().not.toExtend<SnapshotValue>()
    expectTypeOf<() => string>().not.toExtend<SnapshotValue>()
  })
})
