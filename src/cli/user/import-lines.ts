const NEWLINE = 0x0a
/** Nobody's line is longer; what is longer is not kept while its end is looked for. */
const LONGEST = 64 * 1024

export interface Line {
  /** As an editor counts them. */
  readonly number: number
  /** Undefined for a line that is too long or is no UTF-8. */
  readonly text: string | undefined
  /** Bytes up to its end. */
  readonly until: number
}

/** One line in memory at a time, however large the file is. Empty lines are left out. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let pieces: Uint8Array[] = []
  let [size, number, until] = [0, 0, 0]
  const finished = (): Line => {
    const line = { number: number + 1, text: size > LONGEST ? undefined : decoded(Buffer.concat(pieces)), until }
    ;[pieces, size, number] = [[], 0, number + 1]
    return line
  }
  const take = (piece: Uint8Array) => {
    size += piece.length
    if (size > LONGEST) pieces = []
    else pieces.push(piece)
  }
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      take(chunk.subarray(from, end))
      until += end + 1 - from
      from = end + 1
      const line = finished()
      if (line.text !== '') yield line
    }
    take(chunk.subarray(from))
    until += chunk.length - from
  }
  const last = finished()
  if (last.text !== '') yield last
}

/** Without the mark that some editors put first, and without the end of a line of Windows. */
function decoded(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim()
  } catch {
    return undefined
  }
}
