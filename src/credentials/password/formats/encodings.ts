/**
 * Strict: what does not come back as the same text is refused. Node's decoder skips foreign characters and ignores spare
 * bits, so a record cut or garbled on its way would be taken for a shorter hash.
 */
const decoded = (text: string, encode: (bytes: Buffer) => string, bytes: Buffer): Buffer | undefined =>
  text !== '' && encode(bytes) === text ? bytes : undefined

const withoutPadding = (base64: string): string => base64.replace(/=+$/, '')

/** As PHC strings have it: the standard alphabet, no padding. */
export const phcBytes = (text: string): Buffer | undefined =>
  decoded(text, (bytes) => withoutPadding(bytes.toString('base64')), Buffer.from(text, 'base64'))

/** As passlib has it: a dot in the place of the plus sign, no padding. */
export const passlibBytes = (text: string): Buffer | undefined =>
  text.includes('+') ? undefined : phcBytes(text.replaceAll('.', '+'))

/** With its padding, as Django and Keycloak have it. */
export const paddedBytes = (text: string): Buffer | undefined =>
  decoded(text, (bytes) => bytes.toString('base64'), Buffer.from(text, 'base64'))

export const hexBytes = (text: string): Buffer | undefined =>
  decoded(text, (bytes) => bytes.toString('hex'), Buffer.from(text, 'hex'))

/** A whole number in the one way of writing it, so that `01` is not a second `1`. */
export const count = '([1-9][0-9]{0,9})'
