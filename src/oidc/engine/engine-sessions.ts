import type { EngineContext, Provider, Session } from 'oidc-provider'
import { AppError } from '../../errors/app-error.ts'
import { defineId } from '../../lib/ids.ts'
import { engineUidHash } from '../artifacts/artifact.ts'
import type { EngineSessions } from '../ports.ts'
import { originIn } from '../unit/by.ts'
import { currentUnit } from '../unit/units.ts'

const sessionId = defineId('ses')

/**
 * The engine's session is the browser's session; the row of ours beside it says who, where and since when. `sid` in every
 * token is the id of that row, so that whoever hears that it ended knows which tokens are meant.
 */
export function ownSessions(provider: Provider, sessions: EngineSessions): void {
  const { Session } = provider
  const inPayload = [...Session.IN_PAYLOAD, 'hearthkeySession']
  Object.defineProperty(Session, 'IN_PAYLOAD', { get: () => inPayload })

  // For a cookie that names nothing the engine makes an empty session and sends its cookie. Where another tab has just renewed what this
  // one was sent with, that would take the place of the cookie of whoever is signed in, and leave their session without one.
  const { instantiate } = Session
  Session.instantiate = function begunByNobody(payload) {
    return instantiate.call(this, payload && Object.keys(payload).length > 0 ? payload : undefined)
  }

  Session.prototype.ensureClientContainer = function nameBySession(clientId) {
    if (!this.hearthkeySession) throw new Error('somebody is signed in without a session of ours')
    this.sidFor(clientId, this.hearthkeySession)
  }

  // Back from the sign-in, before the engine goes on with it.
  provider.on('interaction.ended', (ctx: EngineContext) => {
    const { session, result } = ctx.oidc
    const started = result?.login?.session
    if (!session || !started || !sessionId.is(started)) return
    // A sign-in begins with no application: what the one before it had given ends with that, or is its own concern.
    if (session.hearthkeySession !== undefined && session.hearthkeySession !== started) session.authorizations = {}
    const before = session.hearthkeySession
    session.hearthkeySession = started
    const instead = before !== undefined && sessionId.is(before) ? before : null
    const bond = { session: started, engineUidHash: engineUidHash(session.uid), instead }
    const unit = currentUnit()
    unit.first(async (tx) => {
      // Ended since the sign-in, on another device or by an administrator; or the same browser has signed in in another tab, and
      // one cookie cannot carry both: no code comes of it.
      if (!(await sessions.bind(tx, bond, { ...unit.exchange.origin, session: started })))
        throw new AppError('interaction-gone')
    })
    unit.bound = started
  })

  provider.on('session.destroyed', (session: Session) => {
    if (session.accountId === undefined) return
    const unit = currentUnit()
    const uidHash = engineUidHash(session.uid)
    const from = originIn(unit, session.hearthkeySession)
    unit.write((tx) => sessions.ended(tx, { engineUidHash: uidHash }, from))
    // Whoever signs out means all of it: offline_access outlives a session that fell asleep, not one that was ended.
    for (const { grantId } of Object.values(session.authorizations ?? {})) if (grantId) unit.revoke(grantId)
  })
}
