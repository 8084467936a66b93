import type { Entry } from './ports.ts'

/** What a receiver can be expected to take. Snapshots are small; a list that somebody filled need not be. */
export const MOST_BODY_BYTES = 128 * 1024

type Cuttable = 'before' | 'after'

/**
 * What is sent: made when it is sent, so that of a person who was erased meanwhile nothing leaves. `sequence` is the place in
 * the log and the only order there is: a message that is sent again overtakes none and is overtaken by all.
 */
export function bodyOf(entry: Entry, mostBytes = MOST_BODY_BYTES): string {
  const whole = write(entry, [])
  if (Buffer.byteLength(whole) <= mostBytes) return whole
  const [larger, smaller] = bySize(entry)
  const less = write(entry, [larger])
  return Buffer.byteLength(less) <= mostBytes ? less : write(entry, [larger, smaller])
}

const sizeOf = (entry: Entry, field: Cuttable): number => JSON.stringify(entry[field]).length

const bySize = (entry: Entry): readonly [Cuttable, Cuttable] =>
  sizeOf(entry, 'before') > sizeOf(entry, 'after') ? ['before', 'after'] : ['after', 'before']

function write(entry: Entry, cut: readonly Cuttable[]): string {
  const { id, seq, at, organisation, action, actor, target, before, after, session, requestId, personal } = entry
  return JSON.stringify({
    type: action,
    timestamp: at.toISOString(),
    data: {
      id,
      sequence: seq,
      organisation,
      actor,
      target,
      before: cut.includes('before') ? null : before,
      after: cut.includes('after') ? null : after,
      session,
      requestId,
      ...personal,
      // Too large for a message: the log has it whole.
      ...(cut.length > 0 && { cut }),
    },
  })
}
