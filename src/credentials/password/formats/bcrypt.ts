import { verify } from '@node-rs/bcrypt'
import { type ReadHash, tooMuch } from './stored-hash.ts'

/** About a second. Each step doubles it. */
const MOST_COST = 14

/** bcrypt reads no further. */
export const READ_BY_BCRYPT = 72

/** The last character of salt and hash carries spare bits, which must be nought. */
const pattern = /^\$2[aby]\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26]$/

/**
 * Longer passwords match by their first 72 bytes, as they did where the hash was made. A NUL ended the password there,
 * so that everything behind it was free: nothing with a NUL matches here.
 */
export const readBcrypt: ReadHash = (text) => {
  const [, cost] = pattern.exec(text) ?? []
  if (cost === undefined) return undefined
  return {
    scheme: 'bcrypt',
    excess: tooMuch('cost', Number(cost), MOST_COST),
    verify: async (password) => (await verify(password, text)) && !password.includes('\0'),
  }
}
