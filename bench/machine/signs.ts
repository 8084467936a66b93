import { generateKeyPairSync, sign } from 'node:crypto'
import { SignJWT } from 'jose'
import { timesPerCpuSecond } from './work.ts'

const SECONDS = 1
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const key = await crypto.subtle.importKey(
  'pkcs8',
  privateKey.export({ type: 'pkcs8', format: 'der' }),
  { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  false,
  ['sign'],
)
const claims = { iss: 'https://id.example', sub: 'usr_1', aud: 'api', scope: 'openid', roles: ['admin'] }
const message = Buffer.alloc(400, 'a')

/** RSA-2048, the floor under every token that is issued. */
export const signsByJose = (): Promise<number> =>
  timesPerCpuSecond(SECONDS, () => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'a' }).sign(key))

export const signsByNode = (): Promise<number> => timesPerCpuSecond(SECONDS, () => sign('sha256', message, privateKey))
