import { resolve } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import { readBounded, replaceWith } from '../../licenses/files.ts'
import { signed } from '../../licenses/issuing/private-key.ts'
import { enter, type Register, readRegister } from '../../licenses/issuing/register.ts'
import { licenseId, REVOCATIONS_TYPE } from '../../licenses/license/claims.ts'
import { takeApart } from '../../licenses/license/token.ts'
import type { CliContext } from '../context.ts'
import type { Output } from '../output.ts'
import { unlockedKey } from './signing-key.ts'

export interface RevokeOptions {
  readonly key: string
  readonly register: string
  readonly out: string
  readonly reason?: string
}

const MOST_REGISTER = 256 * 1024 * 1024
const MOST_REASON = 200

/** The list is made of the whole register each time, so that a lost one is made again by revoking nothing more. */
export async function revoke(context: CliContext, ids: readonly string[], options: RevokeOptions): Promise<Output> {
  const { cwd, clock } = context
  const [path, out] = [resolve(cwd, options.register), resolve(cwd, options.out)]
  const register = await registerAt(path)
  const issuer = issuerOf(register, ids)
  const reason = options.reason?.slice(0, MOST_REASON)
  await refuseForeign(out)
  const key = await unlockedKey(context, options.key)
  const at = Math.floor(clock.now().getTime() / 1000)
  const known = new Set(register.revoked.map(({ jti }) => jti))
  const added = [...new Set(ids)].flatMap((jti) => (licenseId.is(jti) && !known.has(jti) ? [jti] : []))
  const fresh = added.map((jti) => ({ jti, at, ...(reason !== undefined && { reason }) }))
  for (const revoked of fresh) await enter(path, { revoked })
  const byIssuer = new Set(register.issued.flatMap(({ issued }) => (issued.iss === issuer ? [issued.jti] : [])))
  const revoked = [...register.revoked, ...fresh].filter(({ jti }) => byIssuer.has(jti))
  await replaceWith(out, `${signed(key, REVOCATIONS_TYPE, { iss: issuer, iat: at, revoked })}\n`)
  return {
    text: `${added.length} licences are revoked now, ${revoked.length} in all. The list is ${out}: hand it to whoever checks your licences.`,
    json: { revoked: added, inAll: revoked.length, list: out },
  }
}

async function registerAt(path: string): Promise<Register> {
  const register = readRegister(await readBounded(path, MOST_REGISTER))
  if (!register.ok) throw new AppError('license-register-damaged', { detail: `${path}:${register.error}` })
  return register.value
}

/** A list is one vendor's: of another one's licences it says nothing. */
function issuerOf({ issued }: Register, ids: readonly string[]): string {
  const named = ids.map((id) => {
    const found = issued.find((entry) => entry.issued.jti === id)
    if (!found) throw new AppError('license-unknown', { detail: `${JSON.stringify(id)} stands nowhere in it.` })
    return found.issued.iss
  })
  const issuers = new Set(named.length > 0 ? named : issued.map((entry) => entry.issued.iss))
  const [issuer, ...others] = issuers
  if (issuer === undefined || others.length > 0)
    throw new AppError('license-unknown', { detail: 'A list is made for the licences of one vendor name (issuer).' })
  return issuer
}

/** The list before may be replaced; a key, a licence or a register may not. */
async function refuseForeign(path: string): Promise<void> {
  const text = await readBounded(path, MOST_REGISTER).catch(() => undefined)
  if (text === undefined) return
  const parts = takeApart(text.trim(), MOST_REGISTER)
  const header = parts.ok ? parts.value.header : undefined
  const isList = typeof header === 'object' && header !== null && 'typ' in header && header.typ === REVOCATIONS_TYPE
  if (!isList) throw new AppError('license-file-exists', { detail: `${path} is there, and no list of revocations.` })
}
