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
