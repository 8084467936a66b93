import { resolve } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import { readBounded, replaceWith } from '../../licenses/files.ts'
import { type SigningKey, signed } from '../../licenses/issuing/private-key.ts'
import { enter, type Register, readRegister } from '../../licenses/issuing/register.ts'
import { licenseId, REVOCATIONS_TYPE } from '../../licenses/license/claims.ts'
import { trusting } from '../../licenses/license/keys.ts'
import {
  MOST_LIST_BYTES,
  MOST_LISTED,
  openRevocations,
  type RevocationList,
} from '../../licenses/license/revocations.ts'
import { takeApart } from '../../licenses/license/token.ts'
import type { CliContext } from '../context.ts'
import type { Output } from '../output.ts'
import { licences } from './describe.ts'
import { unlockedKey } from './signing-key.ts'
import { untilAllStand } from './until-all-stand.ts'

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
  const { reason } = options
  if (reason !== undefined && reason.length > MOST_REASON)
    throw new AppError('usage-error', { detail: `The reason is longer than ${MOST_REASON} characters.` })
  const register = await registerAt(path)
  const issuer = issuerOf(register, ids)
  await refuseForeign(out)
  const key = await unlockedKey(context, options.key)
  const at = Math.floor(clock.now().getTime() / 1000)
  const known = new Set(register.revoked.map(({ jti }) => jti))
  const added = [...new Set(ids)].flatMap((jti) => (licenseId.is(jti) && !known.has(jti) ? [jti] : []))
  const fresh = added.map((jti) => ({ jti, at, ...(reason !== undefined && { reason }) }))
  const listed = (revoked: Readonly<Register['revoked']>) => {
    const byIssuer = new Set(register.issued.flatMap(({ issued }) => (issued.iss === issuer ? [issued.jti] : [])))
    return signedList(key, { iss: issuer, iat: at, revoked: revoked.filter(({ jti }) => byIssuer.has(jti)) })
  }
  // Before it stands in the register: a list that nobody would take could never be signed again.
  listed([...register.revoked, ...fresh])
  for (const revoked of fresh) await enter(path, { revoked })
  const revoked = await untilAllStand(
    async () => (await registerAt(path)).revoked,
    async (all) => {
      const list = listed(all)
      await replaceWith(out, `${list.text}\n`)
      return list.revoked
    },
  )
  return {
    text: `${licences(added.length)} ${added.length === 1 ? 'is' : 'are'} revoked now, ${revoked.length} in all. The list is ${out}: hand it to whoever checks your licences.`,
    json: { revoked: added, inAll: revoked.length, list: out },
  }
}

/** As whoever is handed it will judge it: one that is too long, say, would be taken by nobody. */
function signedList(
  key: SigningKey,
  list: RevocationList,
): { readonly text: string; readonly revoked: RevocationList['revoked'] } {
  const text = signed(key, REVOCATIONS_TYPE, list)
  const read = openRevocations(text, trusting([key]))
  if (!read.ok)
    throw new AppError('license-order-invalid', {
      detail: `The list would have ${list.revoked.length} entries and ${text.length} bytes: ${MOST_LISTED} and ${MOST_LIST_BYTES} at the most are read.`,
      cure: 'Revoke with shorter reasons, or change the key: licences of a key that is pinned no more do not count.',
    })
  return { text, revoked: read.value.revoked }
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
