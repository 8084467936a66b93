import { errors, interactionPolicy } from 'oidc-provider'
import { recordOf } from './engine/engine-clients.ts'
import type { OrganisationChecks } from './organisations/prompts.ts'

type Check = OrganisationChecks['signInAgain']

/**
 * No prompt, but the first place where a refusal still reaches the client: after it was proven where answers go to, before
 * anything is kept. PostgreSQL takes no NUL in a text, and a line break in what ends up in logs and tokens is a forgery.
 */
const refusesControlCharacters = new interactionPolicy.Check(
  'control_characters',
  'a parameter holds a control character',
  'invalid_request',
  ({ oidc }) => {
    for (const [name, value] of Object.entries(oidc.params ?? {}))
      if ([value].flat().some((text) => typeof text === 'string' && /\p{Cc}/u.test(text)))
        throw new errors.InvalidRequest(`${name} holds a control character`)
    return false
  },
)

/**
 * When the engine turns to our pages. RFC 8252 §8.6: another app may pose as a native one, so consent alone is no reason
 * to answer it without anybody looking. For an app of ours the operator has taken that decision.
 */
export function prompts({ signInAgain, prompt }: OrganisationChecks, strongEnough: Check) {
  const policy = interactionPolicy.base()
  const [login, consent] = [policy.get('login'), policy.get('consent')]
  if (!login || !consent) throw new Error('the engine lacks a prompt')
  login.checks.add(refusesControlCharacters)
  login.checks.add(strongEnough)
  login.checks.add(signInAgain)
  // Behind the sign-in, before the consent.
  policy.add(prompt, 1)
  consent.checks.remove('native_client_prompt')
  consent.checks.add(
    new interactionPolicy.Check(
      'native_client_prompt',
      'native clients require End-User interaction',
      'interaction_required',
      ({ oidc }) => {
        if (oidc.client?.applicationType !== 'native') return false
        return !recordOf(oidc.client).firstParty && !oidc.result?.consent
      },
    ),
  )
  return policy
}
