import { onOneLine, shortened } from '../lib/one-line.ts'

const LONGEST = 300

/** What a program calls itself is what a stranger has written: short, on one line, and nothing that moves a cursor. */
export const shortUserAgent = (said: string | undefined): string | undefined =>
  said === undefined ? undefined : shortened(onOneLine(shortened(said, 4 * LONGEST)), LONGEST) || undefined
