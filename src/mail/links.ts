import { Secret } from '../lib/secret.ts'
import type { Message } from './message.ts'

/**
 * Links lead to the configured issuer and nowhere else (threat 26): whatever made an address from a request's host fails
 * here, before the letter exists.
 */
export function assertOwnLinks(message: Message, issuerUrl: string): void {
  for (const [name, value] of Object.entries(message)) {
    if (!/url$/i.test(name)) continue
    const text: unknown = value instanceof Secret ? value.reveal() : value
    if (typeof text !== 'string' || !isOwn(text, issuerUrl))
      throw new TypeError(`${name} of a letter "${message.name}" does not lead to the issuer`)
  }
}

const LONGEST = 2000

/** Spelled as the browser would spell it: what is read in two ways leads to two places. */
function isOwn(text: string, issuerUrl: string): boolean {
  if (text.length > LONGEST || !URL.canParse(text)) return false
  const { origin, username, password, href } = new URL(text)
  return (
    origin === new URL(issuerUrl).origin && username === '' && password === '' && (href === text || href === `${text}/`)
  )
}
