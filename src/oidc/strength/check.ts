import { type EngineContext, errors, interactionPolicy } from 'oidc-provider'
import { defineId } from '../../lib/ids.ts'
import { recordOf } from '../engine/engine-clients.ts'
import { currentUnit } from '../unit/units.ts'
import { rulesOfClient, rulesOfRequest } from './rules.ts'
import type { JudgeStrength, SignedIn } from './strength.ts'

const userId = defineId('usr')
const sessionId = defineId('ses')

/** Who is signed in in this browser. */
export function signedInHere({ oidc }: EngineContext): SignedIn | undefined {
  const { accountId: user, hearthkeySession: session, loginTs = 0, acr = '', amr = [] } = oidc.session ?? {}
  if (user === undefined || !userId.is(user)) return undefined
  return {
    user,
    session: session !== undefined && sessionId.is(session) ? session : undefined,
    at: new Date(loginTs * 1000),
    acr,
    amr,
  }
}

/** What was asked for by name, beside what the instance and an organisation ask for. */
export const rulesHere = ({ oidc }: EngineContext) => [
  ...(oidc.client ? rulesOfClient(recordOf(oidc.client)) : []),
  ...rulesOfRequest(oidc.params),
]

/** Our sign-in has been asked this very moment, and this is what came of it. */
export const isBackFromSignIn = ({ oidc }: EngineContext, reason?: string): boolean => {
  const { prompt } = oidc.entities.Interaction ?? {}
  if (prompt?.name !== 'login' || oidc.result?.login === undefined) return false
  return reason === undefined || prompt.reasons.includes(reason)
}

/** OpenID Connect Core Error Code unmet_authentication_requirements 1.0: asked again it would be the same again. */
export const unmet = (ofWhom: string) =>
  new errors.UnmetAuthenticationRequirements(`${ofWhom} asks for a stronger sign-in than this account could give`)

/** Of whoever is signed in already: a session that is too weak for what is asked for leads to the sign-in, once. */
export const strongEnough = (judge: JudgeStrength) =>
  new interactionPolicy.Check(
    'strength',
    'a stronger sign-in is asked for than the one there is',
    'login_required',
    async (ctx) => {
      const signedIn = signedInHere(ctx)
      if (!signedIn) return false
      const isBack = isBackFromSignIn(ctx)
      const moment = isBack ? 'back' : 'sign-in'
      const short = await judge(await currentUnit().reader(), { signedIn, rules: rulesHere(ctx), moment })
      if (short && isBack) throw unmet('the application')
      return short !== undefined
    },
  )
