import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { z } from 'zod'
import type { PublicKey } from '../../audit/verify/log-keys.ts'
import { HEAD_TYPE } from '../../audit/verify/log-keys.ts'
import { AppError } from '../../errors/app-error.ts'
import type { CliContext } from '../context.ts'
import { readJsonFile } from '../json-file.ts'
import { textsIn } from './saved-mail.ts'

const COMPACT = /[\w-]+\.[\w-]+\.[\w-]+/g

/**
 * One head as it is, or a file in which heads stand in any way: one a line, lines of a log, a letter. Of what was kept for
 * years nobody should have to bring it into a form first.
 */
export async function readHeads(cwd: string, given: string): Promise<string[]> {
  if (isHead(given)) return [given]
  const texts = textsIn(await textOf(cwd, given))
  const heads = [...new Set(texts.flatMap((text) => text.match(COMPACT) ?? []))].filter(isHead)
  if (heads.length === 0)
    throw new AppError('usage-error', {
      detail: `There is no signed head in ${given}.`,
      cure: 'Give a head as hearthkey audit head prints it, or a file with some.',
    })
  return heads
}

const header = z.looseObject({ typ: z.literal(HEAD_TYPE) })

function isHead(text: string): boolean {
  const [first = '', , third] = text.split('.')
  if (third === undefined || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) return false
  try {
    return header.safeParse(JSON.parse(Buffer.from(first, 'base64url').toString('utf8'))).success
  } catch {
    return false
  }
}

const jwk = z.looseObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), kid: z.string() })
const jwks = z.union([z.looseObject({ keys: z.array(jwk).min(1) }), jwk.transform((key) => ({ keys: [key] }))])

export async function readTrustedKeys(context: Pick<CliContext, 'cwd' | 'input'>, path: string): Promise<PublicKey[]> {
  const read = jwks.safeParse(await readJsonFile(context, path))
  if (!read.success)
    throw new AppError('usage-error', {
      detail: `${path} holds no keys of a log: a JWKS with Ed25519 keys is expected.`,
      cure: 'Take the file that hearthkey audit keys printed, or /.well-known/audit-jwks.json of the instance.',
    })
  return read.data.keys.map(({ kid, x }) => ({ kid, x }))
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
