import { fromBase64url, toBase64url } from '../../lib/base64url.ts'
import { equalBytes, sha256 } from '../../lib/hash.ts'

const PREFIX = 'hearthkey-master-v1'
const KEY_BYTES = 32
const CHECK_BYTES = 6
const WHOLE = /^hearthkey-master-v1\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{8})$/

/** `hearthkey-master-v1.<key>.<check>`: the check tells a damaged file from a wrong key, before any database is asked. */
export const masterText = (key: Uint8Array): string => `${PREFIX}.${toBase64url(key)}.${toBase64url(checkOf(key))}`

/** `undefined`: truncated, mistyped, or something else altogether. The text is never part of an error. */
export function parseMasterText(text: string): Buffer | undefined {
  const [, keyText, checkText] = WHOLE.exec(text.trim()) ?? []
  if (keyText === undefined || checkText === undefined) return undefined
  const key = parseBareKey(keyText)
  const check = fromBase64url(checkText)
  return key && check && equalBytes(check, checkOf(key)) ? key : undefined
}

/** 32 bytes in base64url, for a `MASTER_KEY` that a secret store made: it carries no check, so a mistyped one is a wrong one. */
export function parseBareKey(text: string): Buffer | undefined {
  const key = fromBase64url(text.trim())
  return key?.length === KEY_BYTES ? key : undefined
}

const checkOf = (key: Uint8Array): Buffer =>
  sha256(Buffer.concat([Buffer.from(`${PREFIX} check `), key])).subarray(0, CHECK_BYTES)
