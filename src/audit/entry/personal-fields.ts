import { z } from 'zod'
import type { SnapshotFields } from '../snapshot.ts'

const fields = z.record(z.string(), z.json()).nullable()
const stored = z.object({ before: fields, after: fields })

interface PersonalIn {
  readonly before: SnapshotFields | null
  readonly after: SnapshotFields | null
}

/** As `personalFields` put them together to be sealed. */
export const personalIn = (text: string | null): PersonalIn =>
  text === null ? { before: null, after: null } : stored.parse(JSON.parse(text))
