import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { encrypt, toSecretKey } from '../../src/keyring/seal/aead.ts'
import { Secret } from '../../src/lib/secret.ts'
import { grantTags } from '../../src/oidc/grant-tags.ts'

const key = randomBytes(32)
const tags = grantTags(new Secret(key))
const grantHash = randomBytes(32)
const purpose = Buffer.from('the grant of a token that was handed on')
const sealed = (bytes: Buffer) => encrypt(toSecretKey(Buffer.from(key)), purpose, bytes).toString('base64url')
const text = (bytes: Buffer) => bytes.toString('base64url')

describe('what a token says in its `jti` of its grant', () => {
  it.each([true, false])('comes back as it was said: ends with its session: %s', (endsWithSession) => {
    const cameOf = { grantHash, endsWithSession }
    for (const tag of [tags.own(cameOf), tags.handedOn(cameOf)]) expect(tags.grantIn(`id.${tag}`)).toEqual(cameOf)
  })

  it.each([
    ['an own one', text(grantHash)],
    ['one that was handed on', sealed(grantHash)],
  ])('%s that is older than the mark goes by its grant', (_what, tag) => {
    expect(tags.grantIn(`id.${tag}`)).toEqual({ grantHash, endsWithSession: false })
  })

  it.each([
    ['none', 'id'],
    ['one that is too short', `id.${text(grantHash.subarray(1))}`],
    ['another mark', `id.${text(Buffer.concat([grantHash, Buffer.of(2)]))}`],
    ['another mark, sealed', `id.${sealed(Buffer.concat([grantHash, Buffer.of(2)]))}`],
    ['more than a mark, sealed', `id.${sealed(Buffer.concat([grantHash, Buffer.of(1, 1)]))}`],
    ['one that is sealed by another key', `id.${text(randomBytes(61))}`],
    ['no text', 7],
  ])('%s is nothing', (_what, jti) => {
    expect(tags.grantIn(jti)).toBeUndefined()
  })
})
