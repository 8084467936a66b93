import { type EngineContext, errors, interactionPolicy } from 'oidc-provider'
import type { Rule } from '../../factors/rule.ts'
import { isBackFromSignIn, unmet } from '../strength/check.ts'
import { currentUnit } from '../unit/units.ts'
import { sayRefusal } from './refusal.ts'
import { ASKED_BY_ORGANISATION, type Resolution } from './resolve.ts'

export const CHOOSE_ORGANISATION = 'organization'

type Resolve = (ctx: EngineContext) => Promise<Resolution>

/** Once a request, whoever asks. */
const resolvedOnce = (resolve: Resolve): Resolve => {
  const known = new WeakMap<object, Promise<Resolution>>()
  return (ctx) => {
    const { oidc } = ctx
    const found = known.get(oidc) ?? resolve(ctx)
    known.set(oidc, found)
    return found
  }
}

/** What an organisation asks of the sign-in, for its page: whoever signs in there cannot know it yet. */
export interface AskedOfSignIn extends Readonly<Record<string, unknown>> {
  readonly organisationRules: readonly Rule[]
  readonly organisationMaxAge: number | undefined
}

const signInAsked = (found: Resolution) =>
  found.kind === 'refused' && found.why.kind === 'sign-in-again' ? found.why : undefined

/**
 * Two questions of the engine: whether the sign-in is good enough for the organisation (if not, it is the sign-in that is
 * asked for again), and for which organisation it is. A refusal goes back to the application.
 */
export type OrganisationChecks = ReturnType<typeof organisationChecks>

export function organisationChecks(resolve: Resolve) {
  const resolved = resolvedOnce(resolve)
  const signInAgain = new interactionPolicy.Check(
    ASKED_BY_ORGANISATION,
    'the organization asks for a newer or stronger sign-in',
    'login_required',
    async (ctx) => {
      const again = signInAsked(await resolved(ctx))
      if (again && isBackFromSignIn(ctx, ASKED_BY_ORGANISATION)) throw unmet('the organization')
      return again !== undefined
    },
    async (ctx): Promise<AskedOfSignIn> => {
      const again = signInAsked(await resolved(ctx))
      return { organisationRules: again?.rules ?? [], organisationMaxAge: again?.maxAge }
    },
  )
  const choose = new interactionPolicy.Check(
    'organization_choice',
    'the person has several organizations',
    'interaction_required',
    async (ctx) => {
      const found = await resolved(ctx)
      if (found.kind === 'refused') throw new errors.AccessDenied(sayRefusal(found.why))
      if (found.kind === 'organisation') currentUnit().organisation = found.id
      return found.kind === 'choose'
    },
  )
  return {
    signInAgain,
    prompt: new interactionPolicy.Prompt({ name: CHOOSE_ORGANISATION, requestable: false }, choose),
  }
}
