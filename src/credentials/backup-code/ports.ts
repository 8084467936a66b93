import type { Tx } from '../../db/types.ts'
import type { UserId } from '../../users/user.ts'

interface Snapshot {
  readonly public: { readonly left: number }
}

export interface BackupCodeEvent {
  readonly action: 'backup_codes.generated' | 'backup_code.used' | 'backup_codes.removed'
  readonly target: UserId
  readonly before?: Snapshot
  readonly after?: Snapshot
}

/** `By` is who asks and from where; this room hands it on to the log of events as it came. */
export type RecordBackupCodeEvent<By> = (tx: Tx, by: By, event: BackupCodeEvent) => Promise<unknown>
