import { z } from 'zod'
import { fail, ok, type Result } from '../../lib/result.ts'
import { appendLine } from '../files.ts'
import { licenseClaims } from '../license/claims.ts'
import { type RevocationList, revocationClaims } from '../license/revocations.ts'

/** The licence itself stands in its line: one that a customer lost is copied out, not issued again. */
const issued = z.strictObject({ issued: licenseClaims, kid: z.string(), license: z.string() })
const revoked = z.strictObject({ revoked: revocationClaims.shape.revoked.element })
const entry = z.union([issued, revoked])
export type RegisterEntry = z.output<typeof entry>

export const enter = (path: string, made: RegisterEntry): Promise<void> => appendLine(path, JSON.stringify(made))

export interface Register {
  readonly issued: readonly z.output<typeof issued>[]
  readonly revoked: RevocationList['revoked']
}

/** Fails with the number of the first line that is not whole. */
export function readRegister(text: string): Result<Register, number> {
  const register = { issued: [] as z.output<typeof issued>[], revoked: [] as RevocationList['revoked'] }
  for (const [at, line] of text.split('\n').entries()) {
    if (line === '') continue
    const read = entry.safeParse(parsed(line))
    if (!read.success) return fail(at + 1)
    if ('issued' in read.data) register.issued.push(read.data)
    else register.revoked.push(read.data.revoked)
  }
  return ok(register)
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
