import type { Db, Tx } from '../db/types.ts'
import type { Enqueue } from '../jobs/enqueue.ts'
import type { Clock } from '../lib/clock.ts'
import { deliverMail } from './deliver-job.ts'
import type { Letter } from './letter.ts'
import { assertOwnLinks } from './links.ts'
import { type MailId, mailId } from './mail.ts'
import type { IsAddress } from './ports.ts'
import type { LetterSeals } from './seals.ts'
import { insertMail, isSent } from './store.ts'
import { tidyMessage, tidyRecipient } from './tidy.ts'

export type { Letter } from './letter.ts'
export type { Message } from './message.ts'

export interface Mail {
  /**
   * Into the outbox, in the transaction of the change that it tells of: it leaves if and only if that commits. Throws
   * for what no caller may ask: a link that leads elsewhere, an address that is none, a letter that is too old already.
   */
  send(tx: Tx, letter: Letter): Promise<MailId>
  /** Whether a mail server has taken it. No for one that is so old that nothing of it is kept. */
  hasLeft(db: Db | Tx, id: MailId): Promise<boolean>
}

interface MailDeps {
  readonly seals: LetterSeals
  readonly isAddress: IsAddress
  readonly issuerUrl: string
  readonly enqueue: Enqueue
  readonly clock: Clock
}

export function createMail({ seals, isAddress, issuerUrl, enqueue, clock }: MailDeps): Mail {
  return {
    send: async (tx, { to, message, expiresAt }) => {
      const at = clock.now()
      if (expiresAt <= at) throw new TypeError('a letter must not be too old before it was sent')
      assertOwnLinks(message, issuerUrl)
      // What nobody gets may be addressed to anything: whoever typed it learns nothing from a refusal.
      if (message.name !== 'discard' && !isAddress(to.address))
        throw new TypeError('mail goes to an address as it is stored, and this is none')
      const id = mailId.generate()
      const sealed = await seals.seal(tx, { id, person: to.person }, tidyRecipient(to), tidyMessage(message))
      await insertMail(tx, { id, person: to.person, message: message.name, ...sealed, at, expiresAt })
      await enqueue(tx, deliverMail, { mail: id })
      return id
    },
    hasLeft: isSent,
  }
}
