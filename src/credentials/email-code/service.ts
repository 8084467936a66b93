import { inTransaction } from '../../db/transaction.ts'
import type { Db, Tx } from '../../db/types.ts'
import type { LimitRefusal } from '../../http/limits/quota.ts'
import type { Clock } from '../../lib/clock.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { Secret } from '../../lib/secret.ts'
import type { UserId } from '../../users/user.ts'
import { type Asked, CODE_LASTS_MS, type EmailCodePurpose, hashUnder, newCode, typedCode } from './email-code.ts'
import type { Addressee, IndexOfAddress, KnownBrowser, Mail, RecordEmailCodeEvent, TakeLimit } from './ports.ts'
import { consumeCode, deleteCodesOf, deleteFactor, findFactor, findWaiting, insertFactor, putCode } from './store.ts'

interface Sending extends Asked {
  readonly person: Addressee
  readonly knownBrowser?: KnownBrowser
}

interface Shown extends Asked {
  readonly user: { readonly id: UserId; readonly email: string }
  readonly code: string
}

export interface TooMany {
  readonly kind: 'limited'
  readonly verdict: LimitRefusal
}

export interface EmailCodes<By> {
  /** As a second factor. False where it was on already. */
  enable(tx: Tx, by: By, user: UserId): Promise<boolean>
  /** Whenever it was enabled, or if that was at that moment or after it. */
  disable(tx: Tx, by: By, user: UserId, since?: Date): Promise<boolean>
  isEnabled(user: UserId): Promise<boolean>
  /** The code that the same holder was sent before for the same purpose counts no more. */
  send(by: By, sending: Sending): Promise<Result<{ readonly expiresAt: Date }, TooMany>>
  waiting(
    holder: Buffer,
    purpose: EmailCodePurpose,
  ): Promise<{ readonly sentAt: Date; readonly expiresAt: Date } | undefined>
  /**
   * Once, by the holder that asked, for the mailbox that it went to: of somebody whose address has changed since it
   * proves nothing. How often somebody may guess is the matter of whoever asks.
   */
  prove(tx: Tx, shown: Shown): Promise<boolean>
}

interface EmailCodesDeps<By> {
  readonly db: Db
  /** Of this instance. */
  readonly hashKey: Secret<Buffer>
  readonly indexOf: IndexOfAddress
  readonly takeLimit: TakeLimit
  readonly mail: Mail
  readonly clock: Clock
  readonly record: RecordEmailCodeEvent<By>
}

const MINUTE_MS = 60_000

export function createEmailCodes<By>(deps: EmailCodesDeps<By>): EmailCodes<By> {
  const { db, hashKey, indexOf, takeLimit, mail, clock, record } = deps
  const hashOf = hashUnder(hashKey)

  return {
    enable: async (tx, by, user) => {
      const isNew = await insertFactor(tx, user, clock.now())
      if (isNew) await record(tx, by, { action: 'email_code.enabled', target: user })
      return isNew
    },
    disable: async (tx, by, user, since) => {
      await deleteCodesOf(tx, user)
      const wasOn = await deleteFactor(tx, user, since)
      if (wasOn) await record(tx, by, { action: 'email_code.disabled', target: user })
      return wasOn
    },
    isEnabled: (user) => findFactor(db, user),
    send: async (by, { holder, purpose, person: { id, email, name, locale }, knownBrowser }) => {
      const verdict = await takeLimit(email, knownBrowser)
      if (!verdict.ok) return fail({ kind: 'limited', verdict })
      const [code, sentAt] = [newCode(), clock.now()]
      const expiresAt = new Date(sentAt.getTime() + CODE_LASTS_MS)
      const hash = hashOf({ holder, purpose }, id, code.reveal())
      await inTransaction(db, async (tx) => {
        await putCode(tx, { holder, purpose, user: id, emailIndex: indexOf(email), hash, sentAt, expiresAt })
        await mail.send(tx, {
          to: { address: email, name, locale, person: id },
          message: { name: 'email-code', purpose, code, validFor: CODE_LASTS_MS / MINUTE_MS },
          expiresAt,
        })
        await record(tx, by, { action: 'email_code.sent', target: id, after: { public: { purpose } } })
      })
      return ok({ expiresAt })
    },
    waiting: (holder, purpose) => findWaiting(db, { holder, purpose }, clock.now()),
    prove: async (tx, { holder, purpose, user: { id, email }, code: typed }) => {
      const code = typedCode(typed)
      if (code === undefined) return false
      const hash = hashOf({ holder, purpose }, id, code)
      return consumeCode(tx, { holder, purpose, user: id, emailIndex: indexOf(email), hash }, clock.now())
    },
  }
}
