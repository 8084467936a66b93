/**
 * Strict base64url. Node's decoder ignores the spare bits of the last character and skips foreign ones, so two texts
 * could stand for one token; here a text that does not round-trip is refused.
 */
export const toBase64url = (data: Uint8Array): string => Buffer.from(data).toString('base64url')

export function fromBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}
