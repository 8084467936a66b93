import type { MiddlewareContext } from 'oidc-provider'
import type { Actor } from '../../audit/actor.ts'
import type { EventWriter } from '../../audit/writer.ts'
import { untilNoDeadlock } from '../../db/transaction.ts'
import type { Db, Tx } from '../../db/types.ts'
import { named } from '../../errors/named.ts'
import { contentSecurityPolicy } from '../../http/headers/content-security-policy.ts'
import { defineId } from '../../lib/ids.ts'
import { artifactHash } from '../artifacts/artifact.ts'
import { type RevocationReason, revokeGrant } from '../artifacts/revoke.ts'
import type { TellOfReplay } from '../ports.ts'
import { byIn, programAs } from '../unit/by.ts'
import type { Unit } from '../unit/unit.ts'
import { findUnit } from '../unit/units.ts'
import { cookieNames } from './configuration.ts'
import { recordOf } from './engine-clients.ts'

export interface SettleDeps {
  readonly db: Db
  readonly events: EventWriter
  readonly tellOfReplay: TellOfReplay
}

const POLICY = 'Content-Security-Policy'
const usualPolicy = contentSecurityPolicy()

/**
 * Stands around every route of the engine, inside of what writes the answer: what a request wrote is committed before
 * anybody is told that it was, or rolled back before anybody is told that it was refused.
 */
export const settling =
  (deps: SettleDeps) =>
  async (ctx: MiddlewareContext, next: () => Promise<void>): Promise<void> => {
    const unit = findUnit()
    if (!unit) return next()
    unit.engine = ctx
    try {
      await next()
      await answerSettled(unit, ctx, deps)
    } catch (error) {
      // Past every handler of the engine: whoever holds a connection then would hold it for ever.
      await unit.rollback()
      throw error
    } finally {
      unit.end()
    }
  }

async function answerSettled(unit: Unit, ctx: MiddlewareContext, deps: SettleDeps): Promise<void> {
  ctx.set(POLICY, usualPolicy)
  openFormTo(ctx)
  try {
    if (!(await settle(unit, ctx, deps))) forgetCookie(ctx)
  } catch (error) {
    await unit.rollback()
    forgetCookie(ctx)
    unit.refusal = named(error)
  }
  const failure = unit.failure === undefined ? undefined : named(unit.failure)
  if (failure && failure.code !== 'internal-error') unit.refusal ??= failure
  if (unit.refusal) {
    leaveToUs(ctx)
  } else if (unit.failure !== undefined) {
    unit.exchange.log.error({ err: unit.failure }, 'the protocol engine failed')
  }
}

/** False where nothing of it was kept. */
async function settle(unit: Unit, ctx: MiddlewareContext, { db, events, tellOfReplay }: SettleDeps): Promise<boolean> {
  const context = byIn(unit, actorOf(unit, ctx))
  const reason = reasonOf(ctx)
  const revokeAll = async (tx: Tx) => {
    for (const grantId of inOrder(unit.revokedGrants)) {
      const owner = await revokeGrant(tx, events, context, { grantId, reason })
      // Once: of what was revoked before, nobody is the owner any more.
      if (!owner || reason !== 'replay') continue
      unit.exchange.log.warn(
        { client: ctx.oidc?.client?.clientId, grant: grantId },
        'a code or refresh token came a second time: everything that came of it has ended',
      )
      await tellOfReplay(tx, context, owner)
    }
  }
  const keeps = ctx.status < (unit.rollsBackRefusals ? 400 : 500)
  if (keeps) {
    if (unit.revokedGrants.size > 0) unit.write(revokeAll)
    await unit.commit()
    return true
  }
  await unit.rollback()
  // A replay: what was issued dies although this request changes nothing else.
  if (unit.revokedGrants.size > 0) await untilNoDeadlock(db, revokeAll)
  return false
}

/** It names a session that was not kept: the browser goes on with the one that it has, which would be carried by no cookie. */
function forgetCookie({ oidc, res }: MiddlewareContext): void {
  const set = res.getHeader('Set-Cookie')
  if (!oidc || !Array.isArray(set)) return
  const { session } = cookieNames(oidc.provider.issuer)
  const kept = set.filter((cookie) => !cookie.startsWith(`${session}=`) && !cookie.startsWith(`${session}.sig=`))
  if (kept.length > 0) res.setHeader('Set-Cookie', kept)
  else res.removeHeader('Set-Cookie')
}

/** As all go who hold several of them. */
const inOrder = (grantIds: ReadonlySet<string>): string[] =>
  [...grantIds]
    .map((id) => ({ id, hash: artifactHash('Grant', id) }))
    .sort((one, other) => one.hash.compare(other.hash))
    .map(({ id }) => id)

const userId = defineId('usr')

function actorOf({ apiKey }: Unit, { oidc }: MiddlewareContext): Actor {
  const account = oidc?.session?.accountId
  if (account && userId.is(account)) return { kind: 'person', id: account }
  if (apiKey) return { kind: 'api_key', id: apiKey.key.id }
  return oidc?.client ? programAs(recordOf(oidc.client)) : { kind: 'anonymous' }
}

function reasonOf({ oidc }: MiddlewareContext): RevocationReason {
  if (oidc?.route === 'end_session_confirm' || oidc?.route === 'resume' || oidc?.route === 'device_resume')
    return 'signed-out'
  return oidc?.route === 'revocation' ? 'revoked-by-client' : 'replay'
}

/** The form of one of these pages ends, over redirects, at an address that the engine has matched. */
function openFormTo(ctx: MiddlewareContext): void {
  if (typeof ctx.body !== 'string' || !ctx.oidc) return
  const { params, entities } = ctx.oidc
  const uris = [
    params?.['redirect_uri'],
    params?.['post_logout_redirect_uri'],
    entities.Interaction?.params['redirect_uri'],
  ]
  const targets = uris.flatMap((uri) => (typeof uri === 'string' && URL.canParse(uri) ? [formTarget(uri)] : []))
  if (targets.length === 0) return
  ctx.set(POLICY, ctx.response.get(POLICY).replace("form-action 'self'", `form-action 'self' ${targets.join(' ')}`))
}

/** An origin or a scheme of an app's own. */
const formTarget = (uri: string): string => {
  const { origin, protocol } = new URL(uri)
  return origin === 'null' ? protocol : origin
}

/** Somebody else writes the answer, on a response that the engine has left as it found it, but for its cookies. */
function leaveToUs(ctx: MiddlewareContext): void {
  ctx.respond = false
  // Of the status that it had in mind; Node then says the words of ours (RFC 9112 §4).
  ctx.res.statusMessage = ''
  for (const name of ['Content-Type', 'Content-Length', 'Location', POLICY]) ctx.res.removeHeader(name)
}
