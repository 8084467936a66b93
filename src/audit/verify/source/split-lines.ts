/** A snapshot is bounded when it is written; this is for a file that is no log at all. */
const LONGEST = 16 * 1024 * 1024
const NEWLINE = 0x0a

export const TOO_LONG = Symbol('a line that is too long')

/** Node's readline would take a line of any length into memory, and knows others ends of a line than `\n`. */
export async function* splitLines(
  stream: AsyncIterable<Uint8Array>,
  onBytes?: (read: number) => void,
): AsyncGenerator<string | typeof TOO_LONG> {
  let rest: Buffer[] = []
  let [held, read] = [0, 0]
  for await (const bytes of stream) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let begin = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, begin)) {
      yield textOf(rest, chunk.subarray(begin, end))
      rest = []
      held = 0
      begin = end + 1
    }
    const left = chunk.subarray(begin)
    held += left.length
    if (held > LONGEST) {
      yield TOO_LONG
      return
    }
    if (left.length > 0) rest.push(left)
    read += chunk.length
    onBytes?.(read)
  }
  if (held > 0) yield textOf(rest, Buffer.alloc(0))
}

function textOf(before: readonly Buffer[], end: Buffer): string {
  const bytes = before.length === 0 ? end : Buffer.concat([...before, end])
  const text = bytes.toString('utf8')
  return text.endsWith('\r') ? text.slice(0, -1) : text
}
