import type { Db } from '../db/types.ts'
import type { Seals } from './ports.ts'
import type { UserRow } from './store.ts'
import { type User, type UserStatus, userId } from './user.ts'

export const placeOfName = (row: string) => ({ table: 'users', column: 'name', row }) as const
export const placeOfAddress = (row: string) => ({ table: 'user_emails', column: 'address', row }) as const

/** Whatever is not plainly active is not. */
const statusOf = ({ status, locked_at }: UserRow): UserStatus =>
  status !== 'active' ? 'disabled' : locked_at === null ? 'active' : 'locked'

export interface Opener {
  /** Undefined for one whose key was destroyed: there is nobody left behind the row. */
  open(db: Db, row: UserRow): Promise<User | undefined>
  openAll(db: Db, rows: readonly UserRow[]): Promise<User[]>
}

export function opener(persons: Seals['persons']): Opener {
  const open: Opener['open'] = async (db, row) => {
    const id = userId.fromUuid(row.id)
    const sealer = await persons.of(db, id)
    if (!sealer.ok) return undefined
    const [name, email] = await Promise.all([
      sealer.value.openText(placeOfName(row.id), row.name),
      sealer.value.openText(placeOfAddress(row.email_id), row.address),
    ])
    return {
      id,
      status: statusOf(row),
      instanceRole: row.instance_role === 'admin' ? 'admin' : null,
      email: email.reveal(),
      emailVerified: row.verified_at !== null,
      emailDisowned: row.disowned_at !== null,
      name: name.reveal(),
      locale: row.locale,
      createdAt: row.created_at,
    }
  }
  return {
    open,
    openAll: async (db, rows) => {
      const opened: User[] = []
      // One after the other: a page of people must not take every connection of the pool.
      for (const row of rows) {
        const user = await open(db, row)
        if (user) opened.push(user)
      }
      return opened
    },
  }
}
