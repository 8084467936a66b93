/** More was sent than was asked for. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge'
}

/** Counts while it reads: a length that a stranger declares is a claim. */
export async function readBounded(chunks: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > maxBytes) throw new AnswerTooLarge()
    parts.push(chunk)
  }
  return Buffer.concat(parts)
}

/** For whom the status is the answer: what came of the rest until there was enough of it, it broke off or time was up. */
export async function readBeginning(chunks: AsyncIterable<Buffer>, bytes: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of chunks) {
      parts.push(chunk)
      size += chunk.length
      if (size > bytes) break
    }
  } catch {
    // The status stands.
  }
  return Buffer.concat(parts).subarray(0, bytes)
}
