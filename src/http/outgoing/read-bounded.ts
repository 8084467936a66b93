import type { Readable } from 'node:stream'

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

/** For whom the status is the answer: so long the rest of it is waited for. */
const PATIENCE_MS = 1_000

/** What came of the rest until there was enough of it, it broke off or time was up. */
export async function readBeginning(chunks: Readable, bytes: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  const patience = setTimeout(() => chunks.destroy(), PATIENCE_MS)
  try {
    for await (const chunk of chunks) {
      parts.push(chunk)
      size += chunk.length
      if (size > bytes) break
    }
  } catch {
    // The status stands.
  } finally {
    clearTimeout(patience)
  }
  return Buffer.concat(parts).subarray(0, bytes)
}
