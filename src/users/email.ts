import { domainToASCII, domainToUnicode } from 'node:url'
import { z } from 'zod'
import { fail, ok, type Result } from '../lib/result.ts'

export interface EmailAddress {
  /** As it was typed: what mail is sent to. */
  readonly address: string
  /** What all spellings of it have in common: the key of the blind index. */
  readonly identity: string
}

/** RFC 5321 4.5.3.1: 64 before the @; 254 is what fits into a path of 256 with its brackets. */
const MAX_LOCAL = 64
const MAX_ADDRESS = 254

/** ASCII alone. */
const plainAddress = z.email()

/**
 * One person, one identity. Characters that only look like others (a full-width @, a dotless i, the Kelvin sign) are
 * refused and never folded: what is folded here and not by a mail server is somebody else's mailbox. So the part before
 * the @ is ASCII, and a domain may be international only if it is already in the form that Unicode would give it.
 */
export function parseEmail(typed: string): Result<EmailAddress, 'email-invalid'> {
  const address = typed.trim()
  // Lower-casing alone would turn some look-alikes into the letter itself.
  if (address.length > MAX_ADDRESS || address.normalize('NFKC') !== address) return fail('email-invalid')
  const at = address.lastIndexOf('@')
  const local = address.slice(0, at)
  const domain = asciiDomain(address.slice(at + 1))
  if (at < 1 || local.length > MAX_LOCAL || !domain) return fail('email-invalid')
  const plain = `${local}@${domain}`
  if (plain.length > MAX_ADDRESS || !plainAddress.safeParse(plain).success) return fail('email-invalid')
  return ok({ address, identity: plain.toLowerCase() })
}

function asciiDomain(typed: string): string | undefined {
  const lower = typed.toLowerCase()
  const domain = domainToASCII(lower)
  // The way back shows whether anything but the case was changed on the way there (invisible characters, escapes, widths).
  return domain !== '' && (domain === lower || domainToUnicode(domain) === lower) ? domain : undefined
}
