import { harmlessJson } from '../../lib/harmless-json.ts'
import { shortened } from '../../lib/one-line.ts'
import type { WrittenEntry } from '../export/entry-line.ts'
import type { StreamLine, StreamTarget } from './target.ts'

const LONGEST_TEXT = 1_000
const LONGEST_ID = 300

const textOrNull = (text: string | null): string | null => text && shortened(text, LONGEST_TEXT)

/**
 * For a target that takes no line of any length: one that is longer would be cut there, or end the connection, and be sent
 * again for ever with nothing behind it. Its hashes still say which entry it was; the log has it whole.
 */
export const withoutSnapshots = (line: WrittenEntry): string => {
  const { entry, opened } = line
  const { personal, origin, actor, target, request } = entry
  const isCut = (id: string | null) => id !== null && id.length > LONGEST_ID
  return harmlessJson({
    ...line,
    entry: {
      ...entry,
      actor: { ...actor, id: actor.id && shortened(actor.id, LONGEST_ID) },
      target: { ...target, id: shortened(target.id, LONGEST_ID) },
      request: request && shortened(request, LONGEST_ID),
      before: null,
      after: null,
      personal: null,
      origin: origin && { ...origin, agent: null },
    },
    opened: {
      ...opened,
      actorName: textOrNull(opened.actorName),
      userAgent: textOrNull(opened.userAgent),
      before: null,
      after: null,
    },
    description: shortened(line.description, LONGEST_TEXT),
    cut: [
      'before',
      'after',
      ...(personal ? ['personal'] : []),
      ...(origin?.agent ? ['origin.agent'] : []),
      ...(isCut(actor.id) ? ['actor.id'] : []),
      ...(isCut(target.id) ? ['target.id'] : []),
      ...(isCut(request) ? ['request'] : []),
    ],
  })
}

/** The same of what stands beside it. */
export const shortFacts = (facts: StreamLine['facts']): StreamLine['facts'] =>
  Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, shortened(value, LONGEST_ID)]))

/** As long as the target takes them; `onCut` hears of each that it does not take whole. */
export function fitted(
  lines: readonly StreamLine[],
  { longest, sizeOf = ({ json }) => Buffer.byteLength(json) }: Pick<StreamTarget, 'longest' | 'sizeOf'>,
  onCut: (line: StreamLine) => void,
): readonly StreamLine[] {
  if (longest === undefined) return lines
  return lines.map((line) => {
    if (!line.shorter || sizeOf(line) <= longest) return line
    onCut(line)
    let fits = line
    for (const shorter of line.shorter) {
      fits = { ...line, ...shorter() }
      if (sizeOf(fits) <= longest) break
    }
    return fits
  })
}
