export type Scheme = 'argon2' | 'bcrypt' | 'scrypt' | 'pbkdf2'

/** One hash, read: what checking a password against it costs, and the check. */
export interface StoredHash {
  readonly scheme: Scheme
  /** What is too much of it, in words; undefined where it may be checked at a sign-in. */
  readonly excess: string | undefined
  /** The text as it was typed and nothing else: every system cuts and composes in its own way. */
  verify(password: string): Promise<boolean>
}

/** Undefined for a text of another scheme, and for one that is written in a second way. */
export type ReadHash = (text: string) => StoredHash | undefined

/** Salt and hash of an imported record, in bytes: of less, too many passwords would match; more is no hash. */
const SALT = { least: 4, most: 128 }
const HASH = { least: 16, most: 128 }

const within = (bytes: Uint8Array, { least, most }: typeof SALT): boolean =>
  bytes.length >= least && bytes.length <= most

export interface SaltAndHash {
  readonly salt: Buffer
  readonly hash: Buffer
}

export const saltAndHash = (salt: Buffer | undefined, hash: Buffer | undefined): SaltAndHash | undefined =>
  salt && hash && within(salt, SALT) && within(hash, HASH) ? { salt, hash } : undefined

/**
 * A sign-in waits for it, and two run at a time: a record that takes a gigabyte or a minute, put in by whoever could
 * write the file, would shut the door for everybody.
 */
export const MOST_MEMORY = 256 * 1024 * 1024

export const tooMuch = (what: string, is: number, most: number): string | undefined =>
  is > most ? `${what} ${is} is more than ${most}` : undefined
