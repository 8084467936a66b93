import { AppError } from '../errors/app-error.ts'

const MOST = 64 * 1024

/** Bounded, so that a wrong redirection (`< /dev/zero`) ends with an error. */
export async function readInput(input: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of input) {
    size += chunk.byteLength
    if (size > MOST) throw new AppError('usage-error', { detail: `Standard input holds more than ${MOST} bytes.` })
    chunks.push(chunk)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new AppError('usage-error', { detail: 'Standard input is not UTF-8 text.' })
  }
}
