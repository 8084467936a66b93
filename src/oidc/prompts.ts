import { type EngineContext, errors, interactionPolicy } from 'oidc-provider'
import { recordOf } from './engine/engine-clients.ts'
import { contentOf } from './grants.ts'
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

/** By `prompt=consent`, without which nobody gets `offline_access`. For an app of ours the operator has taken that decision. */
const asksForConsent = new interactionPolicy.Check(
  'consent_prompt',
  'consent prompt was not resolved',
  'consent_required',
  ({ oidc }) =>
    oidc.client !== undefined &&
    !recordOf(oidc.client).firstParty &&
    oidc.prompts.has('consent') &&
    oidc.promptPending('consent'),
)

/**
 * A token for an API speaks in the person's name there, also with no scope of it: some look at nothing else. So nobody else's
 * application has one for an API that the page did not name.
 */
const namesApis = new interactionPolicy.Check(
  'apis_missing',
  'a requested resource was not granted',
  'consent_required',
  ({ oidc }) => oidc.client !== undefined && !recordOf(oidc.client).firstParty && missingApis(oidc).length > 0,
  ({ oidc }) => ({ missingApis: missingApis(oidc) }),
)

function missingApis({ resourceServers, grant, provider }: EngineContext['oidc']): string[] {
  const held = grant ? contentOf(grant).resources : {}
  return Object.keys(resourceServers).filter(
    (audience) => audience !== provider.issuer && !Object.hasOwn(held, audience),
  )
}

/** The person's side of RFC 8628: what is agreed to here lets in somebody who is not in this browser. */
const isForDevice = (route: string): boolean => route === 'code_verification' || route === 'device_resume'

/** On the page that this very answer came from, whatever was agreed to before and whosever the application is (threat 34). */
const hasAgreed = ({ entities, result }: EngineContext['oidc']): boolean =>
  entities.Interaction?.prompt.name === 'consent' && result?.consent !== undefined

/**
 * When the engine turns to our pages. RFC 8252 §8.6: another app may pose as a native one, so consent alone is no reason
 * to answer it without anybody looking. For an app of ours the operator has taken that decision.
 */
export function prompts({ signInAgain, prompt }: OrganisationChecks, strongEnough: Check) {
  const policy = interactionPolicy.base()
  const [login, consent] = [policy.get('login'), policy.get('consent')]
  if (!login || !consent) throw new Error('the engine lacks a prompt')
  // Asked of whoever cannot reach the level, these would ask for ever; `strongEnough` asks once, for the `claims` parameter too.
  login.checks.remove('essential_acrs')
  login.checks.remove('essential_acr')
  login.checks.add(refusesControlCharacters)
  login.checks.add(strongEnough)
  login.checks.add(signInAgain)
  // Behind the sign-in, before the consent.
  policy.add(prompt, 1)
  consent.checks.remove('consent_prompt')
  consent.checks.add(asksForConsent)
  consent.checks.add(namesApis)
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
  consent.checks.add(
    new interactionPolicy.Check(
      'device',
      'a device waits to be let in',
      'interaction_required',
      ({ oidc }) => isForDevice(oidc.route) && !hasAgreed(oidc),
    ),
  )
  return policy
}
