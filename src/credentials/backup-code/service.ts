import type { Db, Tx } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Secret } from '../../lib/secret.ts'
import type { UserId } from '../../users/user.ts'
import { CODES, hashUnder, newCode, typedCode } from './backup-code.ts'
import type { RecordBackupCodeEvent } from './ports.ts'
import { type BackupCodeStanding, deleteSet, findStanding, replaceCodes, useCode } from './store.ts'

export interface BackupCodes<By> {
  /** To be shown once: nobody can read them again. The ones before count no more. */
  generate(tx: Tx, by: By, user: UserId): Promise<readonly Secret<string>[]>
  /** Once for each code, however many come with it at the same moment. */
  prove(tx: Tx, by: By, user: UserId, code: string): Promise<{ readonly left: number } | undefined>
  /** Undefined for whoever never had any. */
  standingOf(user: UserId): Promise<BackupCodeStanding | undefined>
  /** Whenever they were made, or if they were made at that moment or after it. */
  removeAllOf(tx: Tx, by: By, user: UserId, since?: Date): Promise<boolean>
}

interface BackupCodesDeps<By> {
  readonly db: Db
  /** Of this instance. */
  readonly hashKey: Secret<Buffer>
  readonly clock: Clock
  readonly record: RecordBackupCodeEvent<By>
}

export function createBackupCodes<By>({ db, hashKey, clock, record }: BackupCodesDeps<By>): BackupCodes<By> {
  const hashOf = hashUnder(hashKey)

  return {
    generate: async (tx, by, user) => {
      const codes = Array.from({ length: CODES }, newCode)
      const hashes = codes.map((code) => hashOf(user, typedCode(code.reveal()) ?? ''))
      await replaceCodes(tx, user, hashes, clock.now())
      await record(tx, by, { action: 'backup_codes.generated', target: user, after: { public: { left: CODES } } })
      return codes
    },
    prove: async (tx, by, user, typed) => {
      const code = typedCode(typed)
      if (code === undefined || !(await useCode(tx, user, hashOf(user, code), clock.now()))) return undefined
      const left = (await findStanding(tx, user))?.left ?? 0
      await record(tx, by, { action: 'backup_code.used', target: user, after: { public: { left } } })
      return { left }
    },
    standingOf: (user) => findStanding(db, user),
    removeAllOf: async (tx, by, user, since) => {
      const left = (await findStanding(tx, user))?.left ?? 0
      if (!(await deleteSet(tx, user, since))) return false
      await record(tx, by, { action: 'backup_codes.removed', target: user, before: { public: { left } } })
      return true
    },
  }
}
