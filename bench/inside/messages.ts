const SIMPLE_QUERY = 'Q'.charCodeAt(0)
const EXECUTE = 'E'.charCodeAt(0)

/** In what is written to PostgreSQL: whole messages, each a letter and its length. The very first has no letter, and asks nothing. */
export function statementsIn(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let [at, found] = [0, 0]
  while (at + 5 <= bytes.length) {
    const letter = view.getUint8(at)
    if (letter === 0) return found
    if (letter === SIMPLE_QUERY || letter === EXECUTE) found++
    at += 1 + view.getUint32(at + 1)
  }
  return found
}
