import { z } from 'zod'
import { defineId, type Id } from '../../lib/ids.ts'
import type { MasterKeyId } from '../master/master-key.ts'

/** `dky_…`: a key of the instance. */
export type DataKeyId = Id<'dky'>
export const dataKeyId = defineId('dky')

/** `seal` seals columns and persons' keys; `index` is the root of every blind index. */
export type Purpose = 'seal' | 'index'

/**
 * current: seals and opens. retiring: opens, and its late seals are still taken. closed: opens, the database takes no
 * more of its seals. destroyed: nothing was left that needed it.
 */
export const dataKeyRow = z.object({
  id: z.uuid(),
  purpose: z.enum(['seal', 'index']),
  version: z.int(),
  state: z.enum(['current', 'retiring', 'closed', 'destroyed']),
  master_id: z.templateLiteral(['mk_', z.string()]),
  wrapped: z.instanceof(Buffer).nullable(),
  created_at: z.date(),
  retiring_since: z.date().nullable(),
})
export type DataKeyRow = z.infer<typeof dataKeyRow>

export type LiveDataKey = DataKeyRow & { readonly wrapped: Buffer }
export const isLive = (row: DataKeyRow): row is LiveDataKey => row.wrapped !== null

/** One master wraps all of them: they are re-wrapped in one transaction. */
export const masterOf = (rows: readonly DataKeyRow[]): MasterKeyId | undefined => rows.find(isLive)?.master_id

export const contextOf = ({ id, purpose, version }: Pick<DataKeyRow, 'id' | 'purpose' | 'version'>) => ({
  dataKeyId: id,
  purpose,
  version,
})
