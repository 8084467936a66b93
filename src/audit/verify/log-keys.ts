import { type CompactVerifyResult, compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose'
import { z } from 'zod'
import { sha256 } from '../../lib/hash.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { KeyLine } from './line.ts'
import type { KnownKey } from './verdict.ts'

/** `endorsement`: by which it was published as the successor of another one. */
export type PublicKey = Pick<KeyLine, 'kid' | 'x'> & Partial<Pick<KeyLine, 'endorsement'>>

interface LogKey extends Pick<PublicKey, 'kid' | 'x'> {
  readonly opens: Awaited<ReturnType<typeof importJWK>>
  readonly isTrusted: boolean
}

interface Opened {
  readonly payload: unknown
  readonly kid: string
  readonly isTrusted: boolean
}

export interface LogKeys {
  /** Which one of this log it is, from 0; undefined where the log does not name it. */
  place(kid: string): number | undefined
  readonly all: () => readonly KnownKey[]
  /** Answers what is wrong with it. */
  add(line: KeyLine): Promise<string | undefined>
  open(
    jws: string,
    type: string,
  ): Promise<Result<Opened, { readonly wrong: 'key' | 'signature'; readonly detail: string }>>
}

export const HEAD_TYPE = 'hearthkey-audit+jwt'
export const ENDORSEMENT_TYPE = 'hearthkey-audit-key+jwt'

const endorsement = z.looseObject({ kid: z.string(), x: z.string() })
const jwkOf = ({ kid, x }: Pick<PublicKey, 'kid' | 'x'>): JWK => ({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', kid, x })

/**
 * What a log says of its own keys proves that it fits together. Only a key that came another way proves that it is the log
 * of that instance: such a one is trusted, and whatever it endorses. But where its successor came that way too, it endorses no
 * other: whoever stole a key that had ended long ago would sign by one of their own.
 */
export async function createLogKeys(trusted: readonly PublicKey[] | undefined): Promise<LogKeys> {
  const [known, named] = [new Map<string, LogKey>(), new Set<string>()]
  let last: LogKey | undefined
  for (const key of trusted ?? []) known.set(key.kid, { ...key, opens: await importJWK(jwkOf(key)), isTrusted: true })

  const open: LogKeys['open'] = async (jws, type) => {
    const kid = kidOf(jws)
    if (kid === undefined) return fail({ wrong: 'signature', detail: 'it is no signature of ours (JWS)' })
    const key = known.get(kid)
    if (!key) return fail({ wrong: 'key', detail: `it was signed by the key ${kid}, which is not known here` })
    const opened = await opens(jws, key)
    if (opened?.protectedHeader.typ !== type)
      return fail({ wrong: 'signature', detail: `the signature by the key ${kid} is not right` })
    return ok({ payload: parsed(opened.payload), kid, isTrusted: key.isTrusted })
  }

  const endorserOf = async ({ kid, x, endorsement: text }: PublicKey): Promise<string | undefined> => {
    const by = typeof text === 'string' ? await open(text, ENDORSEMENT_TYPE) : undefined
    const said = by?.ok ? endorsement.safeParse(by.value.payload).data : undefined
    return by?.ok && said?.kid === kid && said.x === x ? by.value.kid : undefined
  }
  const successors = new Map<string, string>()
  for (const key of trusted ?? []) {
    const by = await endorserOf(key)
    if (by !== undefined) successors.set(by, key.kid)
  }

  const endorsed = async (line: KeyLine): Promise<Result<{ isTrusted: boolean }, string>> => {
    if (line.endorsement === null)
      return last ? fail('no key before it endorses it') : ok({ isTrusted: known.get(line.kid)?.isTrusted ?? false })
    const by = await open(line.endorsement, ENDORSEMENT_TYPE)
    if (!by.ok) return fail(`of its endorsement, ${by.error.detail}`)
    if (last && by.value.kid !== last.kid) return fail(`it is endorsed by ${by.value.kid}, not by the key before it`)
    const said = endorsement.safeParse(by.value.payload)
    if (said.data?.kid !== line.kid || said.data.x !== line.x) return fail('its endorsement speaks of another key')
    const successor = successors.get(by.value.kid) ?? line.kid
    if (successor !== line.kid)
      return fail(`it is endorsed by ${by.value.kid}, whose successor you know as ${successor}`)
    return ok({ isTrusted: by.value.isTrusted })
  }

  const add = async (line: KeyLine): Promise<string | undefined> => {
    const before = known.get(line.kid)
    if (named.has(line.kid)) return `the key ${line.kid} stands here twice`
    if (before && before.x !== line.x) return `the key ${line.kid} is not the one that is trusted under this name`
    if (thumbprint(line.x) !== line.kid) return `the key ${line.kid} is not what it is named after`
    const by = await endorsed(line)
    if (!by.ok) return `the key ${line.kid}: ${by.error}`
    const key = await importedKey(line)
    if (!key) return `the key ${line.kid} is no Ed25519 key`
    last = { kid: line.kid, x: line.x, opens: key, isTrusted: before?.isTrusted === true || by.value.isTrusted }
    known.set(line.kid, last)
    named.add(line.kid)
    return undefined
  }

  const all = () =>
    [...known.values()].map(({ kid, isTrusted }) => ({ kid, trusted: isTrusted, named: named.has(kid) }))
  const places = () => [...named]
  return { all, add, open, place: (kid) => (named.has(kid) ? places().indexOf(kid) : undefined) }
}

/** RFC 7638: nobody can give another key this name. */
const thumbprint = (x: string) => sha256(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x })).toString('base64url')

async function importedKey(line: KeyLine): Promise<LogKey['opens'] | undefined> {
  try {
    return await importJWK(jwkOf(line))
  } catch {
    return undefined
  }
}

/** What is no JSON is nothing that a key of ours signs: whoever asks refuses it by its form. */
function parsed(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(payload))
  } catch {
    return undefined
  }
}

function kidOf(jws: string): string | undefined {
  try {
    return decodeProtectedHeader(jws).kid
  } catch {
    return undefined
  }
}

async function opens(jws: string, key: LogKey): Promise<CompactVerifyResult | undefined> {
  // Decoders ignore the spare bits of a last character: two texts would be one signature.
  if (!jws.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part)) return undefined
  try {
    return await compactVerify(jws, key.opens, { algorithms: ['EdDSA', 'Ed25519'] })
  } catch {
    return undefined
  }
}
