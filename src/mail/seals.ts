import type { Db, Tx } from '../db/types.ts'
import type { UserId } from '../users/user.ts'
import { type Recipient, recipientSchema } from './letter.ts'
import { type MailId, mailId } from './mail.ts'
import { type Message, messageCodec } from './message.ts'
import type { Persons, Place } from './ports.ts'

export interface SealedLetter {
  readonly recipient: Buffer
  readonly letter: Buffer
}

interface Whose {
  readonly id: MailId
  readonly person: UserId | undefined
}

export interface LetterSeals {
  seal(tx: Tx, whose: Whose, recipient: Recipient, message: Message): Promise<SealedLetter>
  /** Undefined once the person's key was destroyed: then nobody is left to write to. */
  openRecipient(db: Db, whose: Whose, sealed: Buffer): Promise<Recipient | undefined>
  openMessage(db: Db, whose: Whose, sealed: Buffer): Promise<Message | undefined>
}

const placeOf = (id: MailId, column: Place['column']): Place => ({ table: 'outbox', column, row: mailId.toUuid(id) })

/** `nobody`: the person whose key seals for all strangers. */
export function letterSeals(persons: Persons, nobody: UserId): LetterSeals {
  const open = async (db: Db, { id, person = nobody }: Whose, column: Place['column'], sealed: Buffer) => {
    const sealer = await persons.of(db, person)
    if (!sealer.ok) return undefined
    return JSON.parse((await sealer.value.openText(placeOf(id, column), sealed)).reveal()) as unknown
  }
  return {
    seal: async (tx, { id, person = nobody }, recipient, message) => {
      const sealer = await persons.of(tx, person)
      if (!sealer.ok) throw new Error(`no letter can be sealed for ${person}: its key is ${sealer.error}`)
      const sealed = (column: Place['column'], value: unknown) =>
        sealer.value.seal(placeOf(id, column), JSON.stringify(value))
      return { recipient: sealed('recipient', recipient), letter: sealed('letter', messageCodec.encode(message)) }
    },
    openRecipient: async (db, whose, sealed) => {
      const opened = await open(db, whose, 'recipient', sealed)
      return opened === undefined ? undefined : recipientSchema.parse(opened)
    },
    openMessage: async (db, whose, sealed) => {
      const opened = await open(db, whose, 'letter', sealed)
      return opened === undefined ? undefined : messageCodec.parse(opened)
    },
  }
}
