/**
 * What has no place in a name that is shown on pages, in letters and in logs: controls, line breaks, halves of characters,
 * and what turns the direction of the text around it.
 */
export const unfitForLine = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u

const unfitForLines = new RegExp(unfitForLine, 'gu')

/** What strangers wrote, where it is not refused but shown: without all that. */
export const onOneLine = (text: string): string => text.replaceAll(unfitForLines, ' ').trim()

/** By whole characters. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text
  // Cut first: nobody takes apart a megabyte to keep a line of it.
  return Array.from(text.slice(0, 2 * most))
    .slice(0, most)
    .join('')
}
