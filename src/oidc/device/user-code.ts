import { createHmac, createSecretKey } from 'node:crypto'
import type { Secret } from '../../lib/secret.ts'

/** The engine's `base-20`: no vowel, so no word; no digit, so nothing that looks like a letter. */
const shape = /^[BCDFGHJKLMNPQRSTVWXZ]{8}$/

/**
 * RFC 8628 §6.1: forgiving of everything that people do to a code that they copy from a screen. Undefined for what no code
 * of ours can be.
 */
export function normalised(typed: string): string | undefined {
  const letters = typed.toUpperCase().replace(/[\s\p{Pd}_.]/gu, '')
  return shape.test(letters) ? letters : undefined
}

/** As the device shows it. */
export const displayed = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`

export interface UserCodes {
  /** 34 bits are few enough to be tried against a plain hash by whoever reads the table. */
  hashOf(code: string): Buffer
}

export function userCodes(key: Secret<Buffer>): UserCodes {
  const imported = createSecretKey(key.reveal())
  return { hashOf: (code) => createHmac('sha256', imported).update(code, 'utf8').digest() }
}
