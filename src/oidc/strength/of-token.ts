import { type EngineContext, errors } from 'oidc-provider'
import { defineId } from '../../lib/ids.ts'
import type { Client } from '../clients/client.ts'
import type { SignInSource } from '../exchange/acting.ts'
import { withStepUp } from '../organisations/refusal.ts'
import { currentUnit } from '../unit/units.ts'
import { rulesOfClient } from './rules.ts'
import type { JudgeStrength, SignedIn } from './strength.ts'

const userId = defineId('usr')
const sessionId = defineId('ses')

/** As a code or a token says it; undefined where nobody has signed in. */
export function signedInOf(token: SignInSource): SignedIn | undefined {
  const { accountId: user, sid, authTime = 0, acr = '', amr = [] } = token
  if (user === undefined || !userId.is(user)) return undefined
  const session = sid !== undefined && sessionId.is(sid) ? sid : undefined
  return { user, session, at: new Date(authTime * 1000), acr, amr }
}

export const sourceOf = ({ oidc }: EngineContext): SignInSource | undefined =>
  oidc.entities.RefreshToken ??
  oidc.entities.AuthorizationCode ??
  oidc.entities.DeviceCode ??
  currentUnit().onBehalf?.source

/** The application begins anew, and may say which sign-in it takes. */
export const tooWeak = (acr: string) =>
  withStepUp(new errors.InvalidGrant('the sign-in behind it is not strong enough any more'), { acr_values: acr })

/** Of a token that is for no organisation; where there is one, its rules are judged together with these. */
export const assertStrongEnough =
  (judge: JudgeStrength) =>
  async (ctx: EngineContext, client: Client): Promise<void> => {
    const source = sourceOf(ctx)
    const signedIn = source && signedInOf(source)
    if (!signedIn) return
    const db = await currentUnit().reader()
    const short = await judge(db, { signedIn, rules: rulesOfClient(client), moment: 'issue' })
    if (short) throw tooWeak(short.acr)
  }
