import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import type { CreationOptions, RequestOptions } from '../../src/credentials/passkey/ask.ts'

/** What an authenticator and a browser say, each of which a test may make them say wrongly. */
export interface Ceremony {
  readonly origin?: string
  readonly rpId?: string
  readonly challenge?: string
  readonly type?: string
  readonly crossOrigin?: boolean
  readonly topOrigin?: string
  readonly present?: boolean
  readonly verified?: boolean
  readonly backupEligible?: boolean
  readonly backedUp?: boolean
  /** What it counts to; without one, as an authenticator that does not count. */
  readonly counter?: number
  /** In base64url; null leaves it out. */
  readonly userHandle?: string | null
  /** A signature of another key. */
  readonly forged?: boolean
}

export interface SoftwarePasskey {
  readonly credentialId: string
  readonly privateKey: KeyObject
  readonly userHandle: string
  readonly backupEligible: boolean
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest()
const base64url = (data: Uint8Array | string) => Buffer.from(data).toString('base64url')

function flagsOf({ present = true, verified = true, backupEligible = false, backedUp = false }: Ceremony): number {
  return (present ? 0x01 : 0) | (verified ? 0x04 : 0) | (backupEligible ? 0x08 : 0) | (backedUp ? 0x10 : 0)
}

function authenticatorData(rpId: string, ceremony: Ceremony, flags = 0): Buffer {
  const counter = Buffer.alloc(4)
  counter.writeUInt32BE(ceremony.counter ?? 0)
  return Buffer.concat([sha256(ceremony.rpId ?? rpId), Buffer.of(flagsOf(ceremony) | flags), counter])
}

const clientData = (type: string, challenge: string, ceremony: Ceremony): string =>
  JSON.stringify({
    type: ceremony.type ?? type,
    challenge: ceremony.challenge ?? challenge,
    origin: ceremony.origin ?? 'http://localhost:3000',
    crossOrigin: ceremony.crossOrigin ?? false,
    ...(ceremony.topOrigin !== undefined && { topOrigin: ceremony.topOrigin }),
  })

const HAS_CREDENTIAL = 0x40

interface Making extends Ceremony {
  readonly aaguid?: string
  readonly credentialId?: Buffer
  /** COSE; another one than ES256 is none that signs here. */
  readonly algorithm?: number
}

/** A new passkey, and the answer that a browser would post: ES256, no attestation. */
export function makePasskey(options: CreationOptions, making: Making = {}) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const id = making.credentialId ?? randomBytes(32)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(id.length)
  const data = Buffer.concat([
    authenticatorData(options.rp.id ?? '', making, HAS_CREDENTIAL),
    Buffer.from((making.aaguid ?? '00000000-0000-0000-0000-000000000000').replaceAll('-', ''), 'hex'),
    length,
    id,
    coseKey(making.algorithm ?? -7, x, y),
  ])
  const passkey: SoftwarePasskey = {
    credentialId: base64url(id),
    privateKey,
    userHandle: options.user.id,
    backupEligible: making.backupEligible ?? false,
  }
  const answer = {
    id: base64url(id),
    rawId: base64url(id),
    type: 'public-key',
    clientExtensionResults: {},
    response: {
      clientDataJSON: base64url(clientData('webauthn.create', options.challenge, making)),
      attestationObject: base64url(attestation(data)),
      transports: ['internal', 'hybrid'],
    },
  }
  return { passkey, answer }
}

export function usePasskey(passkey: SoftwarePasskey, options: RequestOptions, ceremony: Ceremony = {}) {
  const said = { backupEligible: passkey.backupEligible, ...ceremony }
  const data = authenticatorData(options.rpId ?? '', said)
  const client = clientData('webauthn.get', options.challenge, said)
  const key = ceremony.forged ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey : passkey.privateKey
  const signature = createSign('sha256')
    .update(Buffer.concat([data, sha256(client)]))
    .sign(key)
  const { userHandle = passkey.userHandle } = ceremony
  return {
    id: passkey.credentialId,
    rawId: passkey.credentialId,
    type: 'public-key',
    clientExtensionResults: {},
    response: {
      clientDataJSON: base64url(client),
      authenticatorData: base64url(data),
      signature: base64url(signature),
      ...(userHandle !== null && { userHandle }),
    },
  }
}

/** CBOR (RFC 8949) of the three shapes that are needed, by hand: a map of five, and an object of three. */
function coseKey(algorithm: number, x: string, y: string): Buffer {
  const negative = (value: number) =>
    value >= -24 ? Buffer.of(0x20 | (-1 - value)) : Buffer.of(0x39, (-1 - value) >> 8, (-1 - value) & 0xff)
  const coordinate = (text: string) => Buffer.concat([Buffer.of(0x58, 32), Buffer.from(text, 'base64url')])
  return Buffer.concat([
    Buffer.of(0xa5, 0x01, 0x02, 0x03),
    negative(algorithm),
    Buffer.of(0x20, 0x01, 0x21),
    coordinate(x),
    Buffer.of(0x22),
    coordinate(y),
  ])
}

const cborText = (text: string) => Buffer.concat([Buffer.of(0x60 | text.length), Buffer.from(text)])

const attestation = (data: Buffer) =>
  Buffer.concat([
    Buffer.of(0xa3),
    cborText('fmt'),
    cborText('none'),
    cborText('attStmt'),
    Buffer.of(0xa0),
    cborText('authData'),
    Buffer.of(0x59, data.length >> 8, data.length & 0xff),
    data,
  ])
