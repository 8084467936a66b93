import type { Keyring } from '../keyring/keyring.ts'
import { parseEmail } from '../users/email.ts'

/** As the room of users finds it, each under a name of its own: the two places say nothing of one another. */
export function mailboxIndex(
  blindIndex: Keyring['blindIndex'],
  name: 'email_codes.email' | 'factor_recoveries.mailbox',
  address: string,
): Buffer {
  const email = parseEmail(address)
  if (!email.ok) throw new TypeError('a person has an address, and this is none')
  return blindIndex.exact(name, email.value.identity)
}
