import { NOBODY } from '../audit/sealer.ts'
import type { Config } from '../config/config.ts'
import type { Enqueue } from '../jobs/enqueue.ts'
import type { Keyring } from '../keyring/keyring.ts'
import type { Clock } from '../lib/clock.ts'
import { letterSeals } from '../mail/seals.ts'
import { createMail, type Mail } from '../mail/service.ts'
import { parseEmail } from '../users/email.ts'

interface MailOptions {
  readonly config: Config
  readonly persons: Keyring['persons']
  readonly enqueue: Enqueue
  readonly clock: Clock
}

/** For whoever has something to say: into the outbox. What goes out of it is a job's. */
export function openMail({ config, persons, enqueue, clock }: MailOptions): Mail {
  const { issuerUrl } = config.server
  return createMail({ seals: letterSeals(persons, NOBODY), isAddress, issuerUrl, enqueue, clock })
}

/** Exactly as the room of users would store it. */
function isAddress(text: string): boolean {
  const email = parseEmail(text)
  return email.ok && email.value.address === text
}
