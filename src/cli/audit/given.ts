import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { z } from 'zod'
import type { PublicKey } from '../../audit/verify/log-keys.ts'
import { HEAD_TYPE } from '../../audit/verify/log-keys.ts'
import { AppError } from '../../errors/app-error.ts'
import type { CliContext } from '../context.ts'
import { readJsonFile } from '../json-file.ts'
import { textsIn } from './saved-mail.ts'

const DOTTED = /[\w-]+(?:\.[\w-]+)+/g
/** Of Ed25519: 64 bytes. */
const SIGNATURE = 86

/**
 * One head as it is, or a file in which heads stand in any way: one a line, lines of a log, a letter. Of what was kept for
 * years nobody should have to bring it into a form first.
 */
export async function readHeads(
  cwd: string,
  given: string,
  onTorn: (line: number) => void = () => {},
): Promise<string[]> {
  if (isHead(given)) return [given]
  const texts = textsIn(await textOf(cwd, given))
  const found = texts.flatMap((text) => text.split('\n').flatMap((line, n) => headsIn(line, () => onTorn(n + 1))))
  const heads = [...new Set(found)]
  if (heads.length === 0)
    throw new AppError('usage-error', {
      detail: `There is no signed head in ${given}.`,
      cure: 'Give a head as hearthkey audit head prints it, or a file with some.',
    })
  return heads
}

/**
 * One that a full disk broke off is none, and says nothing of the log: it is not to be taken for one that somebody forged. What was
 * written behind it on its line is one again.
 */
function headsIn(line: string, onTorn: () => void): string[] {
  const heads: string[] = []
  for (const [run] of line.matchAll(DOTTED)) {
    const parts = run.split('.')
    for (let n = 0; n < parts.length; n++) {
      const first = headerAtEndOf(parts[n] ?? '')
      if (first === undefined) continue
      const [payload, rest] = [parts[n + 1], parts[n + 2]]
      // What follows may begin in the middle of what was broken off.
      const next = rest === undefined ? undefined : headerAtEndOf(rest)
      const signature = next === undefined ? rest : rest?.slice(0, -next.length)
      const isTorn = payload === undefined || headerAtEndOf(payload) || (signature ?? '').length < SIGNATURE
      if (isTorn) onTorn()
      else heads.push(`${first}.${payload}.${signature}`)
    }
  }
  return heads
}

const BEGINS = /eyJ/g

/** The header of a head, where a part of a text ends with one. */
function headerAtEndOf(part: string): string | undefined {
  for (const { index } of part.matchAll(BEGINS)) if (isHeader(part.slice(index))) return part.slice(index)
  return undefined
}

const header = z.looseObject({ typ: z.literal(HEAD_TYPE) })

function isHead(text: string): boolean {
  const [first = ''] = text.split('.')
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text) && isHeader(first)
}

function isHeader(first: string): boolean {
  try {
    return header.safeParse(JSON.parse(Buffer.from(first, 'base64url').toString('utf8'))).success
  } catch {
    return false
  }
}

const jwk = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string(),
  endorsement: z.string().nullable().default(null),
})
const jwks = z.union([z.looseObject({ keys: z.array(jwk).min(1) }), jwk.transform((key) => ({ keys: [key] }))])

export async function readTrustedKeys(context: Pick<CliContext, 'cwd' | 'input'>, path: string): Promise<PublicKey[]> {
  const read = jwks.safeParse(await readJsonFile(context, path))
  if (!read.success)
    throw new AppError('usage-error', {
      detail: `${path} holds no keys of a log: a JWKS with Ed25519 keys is expected.`,
      cure: 'Take the file that hearthkey audit keys printed, or /.well-known/audit-jwks.json of the instance.',
    })
  return read.data.keys.map(({ kid, x, endorsement }) => ({ kid, x, endorsement }))
}

const textOf = (cwd: string, name: string): Promise<string> =>
  readFile(resolve(cwd, name), 'utf8').catch((cause: unknown) => {
    throw unreadable(name, cause)
  })

export const unreadable = (name: string, cause: unknown): AppError =>
  new AppError('usage-error', {
    detail: `The file ${name} cannot be read: ${cause instanceof Error ? cause.message : 'unknown reason'}.`,
    cure: 'Name a file that is there and that you may read.',
    cause,
  })
