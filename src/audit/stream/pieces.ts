import type { StreamLine } from './target.ts'

const PIECE = 1024 * 1024

/** Whole lines, some at once: all of a batch in one text is more than there may be memory for, or a text may be long. */
export function* inPieces(lines: Iterable<StreamLine>, atOnce = PIECE): Generator<string> {
  let piece = ''
  for (const { json } of lines) {
    if (piece !== '' && piece.length + json.length > atOnce) {
      yield piece
      piece = ''
    }
    piece += `${json}\n`
  }
  if (piece !== '') yield piece
}
