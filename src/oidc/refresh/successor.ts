import { createHmac, createSecretKey } from 'node:crypto'
import type { Secret } from '../../lib/secret.ts'

/**
 * The successor of a refresh token is a function of it, so that every instance answers a retry with the same one and none has to
 * keep what was issued. Without the key nobody who holds a token knows the next.
 */
export type SuccessorOf = (token: string) => string

/** 256 bits in base64url, like the tokens that the engine makes by chance. */
export const successors = (key: Secret<Buffer>): SuccessorOf => {
  // Imported once: that took longer than the HMAC.
  const imported = createSecretKey(key.reveal())
  return (token) => createHmac('sha256', imported).update(token).digest('base64url')
}
