import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { inTransaction } from '../../../src/db/transaction.ts'
import { sha256 } from '../../../src/lib/hash.ts'
import { userId } from '../../../src/users/user.ts'
import { arranging } from '../../support/event-guard.ts'
import { browser, by, type PasskeyWorld, type Person, passkeyWorld } from './support.ts'

const hex = z.string().regex(/^([0-9a-f]{2})+$/)
const vectorsShape = z.object({
  rpId: z.string(),
  origin: z.string(),
  vectors: z.array(
    z.object({
      section: z.string(),
      title: z.string(),
      registration: z.object({ challenge: hex, credential_id: hex, clientDataJSON: hex, attestationObject: hex }),
      authentication: z.object({ challenge: hex, authenticatorData: hex, clientDataJSON: hex, signature: hex }),
    }),
  ),
})
type Vector = z.output<typeof vectorsShape>['vectors'][number]

const { rpId, origin, vectors } = vectorsShape.parse(
  JSON.parse(readFileSync(new URL('w3c-vectors.json', import.meta.url), 'utf8')),
)
const base64url = (text: string) => Buffer.from(text, 'hex').toString('base64url')

/** As if we had asked with the challenge of the specification. */
async function asked(world: PasskeyWorld, person: Person, purpose: 'enrolment' | 'second-factor', challenge: string) {
  await inTransaction(world.database.app, async (tx) => {
    await arranging(tx)
    const row = { challenge_hash: sha256(Buffer.from(challenge, 'hex')), purpose, holder: browser }
    const expires_at = new Date(world.clock.now().getTime() + 60_000)
    await tx
      .insertInto('passkey_challenges')
      .values({ ...row, user_id: userId.toUuid(person.id), expires_at })
      .execute()
  })
}

async function register(world: PasskeyWorld, person: Person, { registration }: Vector): Promise<string> {
  await asked(world, person, 'enrolment', registration.challenge)
  const id = base64url(registration.credential_id)
  const response = {
    clientDataJSON: base64url(registration.clientDataJSON),
    attestationObject: base64url(registration.attestationObject),
  }
  const answer = { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response }
  const done = { holder: browser, user: person.id, response: answer }
  const added = await inTransaction(world.database.app, (tx) => world.passkeys.add(tx, by, done))
  return added.ok ? 'accepted' : added.error.kind
}

async function authenticate(world: PasskeyWorld, person: Person, vector: Vector): Promise<string> {
  const { challenge, ...bytes } = vector.authentication
  await asked(world, person, 'second-factor', challenge)
  const id = base64url(vector.registration.credential_id)
  const response = {
    clientDataJSON: base64url(bytes.clientDataJSON),
    authenticatorData: base64url(bytes.authenticatorData),
    signature: base64url(bytes.signature),
  }
  const answer = { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response }
  const proven = await world.prove({ holder: browser, purpose: 'second-factor', user: person.id, response: answer })
  return proven.ok ? 'accepted' : proven.error.kind
}

/** Asked for by us: Ed25519, ES256, RS256. Nothing of ours stands in a frame. And an attestation that nobody asked for stands up, or is none. */
const refused: Readonly<Record<string, 'algorithm' | 'frame' | 'attestation'>> = {
  'sctn-test-vectors-none-es256-crossOrigin': 'frame',
  'sctn-test-vectors-none-es256-topOrigin': 'frame',
  'sctn-test-vectors-packed-es384': 'algorithm',
  'sctn-test-vectors-packed-es512': 'algorithm',
  'sctn-test-vectors-packed-ed448': 'algorithm',
  'sctn-test-vectors-tpm-es256': 'attestation',
  'sctn-test-vectors-android-key-es256': 'attestation',
  'sctn-test-vectors-apple-es256': 'attestation',
  'sctn-test-vectors-fido-u2f-es256': 'attestation',
}

describe('[STO-1] the test vectors of WebAuthn Level 3', () => {
  it('are all here', () => {
    expect(vectors).toHaveLength(15)
    expect(rpId).toBe('example.org')
  })

  it.each(vectors.filter(({ section }) => !(section in refused)))('$title: registers and signs in', async (vector) => {
    const world = await passkeyWorld({ ISSUER_URL: origin })
    const person = await world.person('Ada')
    expect(await register(world, person, vector)).toBe('accepted')
    expect(await authenticate(world, person, vector)).toBe('accepted')
    expect(await authenticate(world, person, withAFlippedBit(vector)), 'of its signature').toBe('invalid')
  })

  it.each(vectors.filter(({ section }) => section in refused))('$title: is refused', async (vector) => {
    const world = await passkeyWorld({ ISSUER_URL: origin })
    const person = await world.person('Ada')
    expect(await register(world, person, vector)).toBe('invalid')
    expect(await world.passkeys.listOf(person.id)).toEqual([])
  })
})

function withAFlippedBit(vector: Vector): Vector {
  const bytes = Buffer.from(vector.authentication.signature, 'hex')
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
  return { ...vector, authentication: { ...vector.authentication, signature: bytes.toString('hex') } }
}
