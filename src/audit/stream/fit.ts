import { harmlessJson } from '../../lib/harmless-json.ts'
import { shortened } from '../../lib/one-line.ts'
import type { WrittenEntry } from '../export/entry-line.ts'
import type { StreamLine } from './target.ts'

const LONGEST_TEXT = 1_000

/**
 * For a target that takes no line of any length: one that is longer would be cut there, or end the connection, and be sent
 * again for ever with nothing behind it. Its hashes still say which entry it was; the log has it whole.
 */
export const withoutSnapshots = (line: WrittenEntry): string =>
  harmlessJson({
    ...line,
    entry: { ...line.entry, before: null, after: null },
    opened: {
      ...line.opened,
      userAgent: line.opened.userAgent && shortened(line.opened.userAgent, LONGEST_TEXT),
      before: null,
      after: null,
    },
    description: shortened(line.description, LONGEST_TEXT),
    cut: ['before', 'after'],
  })

/** As long as the target takes them; `onCut` hears of each that it does not take whole. */
export const fitted = (
  lines: readonly StreamLine[],
  longest: number | undefined,
  onCut: (line: StreamLine) => void,
): readonly StreamLine[] =>
  longest === undefined
    ? lines
    : lines.map((line) => {
        if (!line.brief || Buffer.byteLength(line.json) <= longest) return line
        onCut(line)
        return { ...line, json: line.brief() }
      })
