import type { Interaction } from 'oidc-provider'
import { z } from 'zod'
import type { Tx } from '../db/types.ts'
import type { Level } from '../factors/level.ts'
import { demandOf, type Rule } from '../factors/rule.ts'
import { defineId, type Id } from '../lib/ids.ts'
import { ACCOUNT_CLIENT_ID } from './clients/built-in.ts'
import type { Client } from './clients/client.ts'
import type { ConsentQuestion } from './consent/question.ts'
import type { PendingDevice } from './device/pending-device.ts'
import { CHOOSE_ORGANISATION } from './organisations/prompts.ts'
import { keptRules, rulesOfClient, rulesOfRequest } from './strength/rules.ts'

const userId = defineId('usr')

/** What the engine waits for. It belongs to one browser, by a cookie. */
export interface PendingInteraction {
  readonly uid: string
  readonly prompt: 'login' | 'consent' | 'organisation'
  readonly client: { readonly id: string; readonly name: string; readonly firstParty: boolean; readonly uri?: string }
  readonly redirectUri: string
  readonly scopes: readonly string[]
  readonly resource?: string
  readonly loginHint?: string
  readonly uiLocales?: string
  readonly sessionUser?: Id<'usr'>
  /** Of the browser, where somebody is signed in: the sign-in may go on from what was proven in it, unless it is to be `fresh`. */
  readonly session?: Id<'ses'>
  /** What the application, the request and the organisation that turned the last sign-in down ask for. */
  readonly rules: readonly Rule[]
  /** What was proven before does not count: the request or the organisation asks for a new sign-in. */
  readonly fresh: boolean
  /** Our own pages ask it of whoever is signed in, before a change of how the account is protected: this strong. */
  readonly stepUp?: Level
  /** What is to be agreed to, where that is the question. */
  readonly consent?: ConsentQuestion
  readonly expiresAt: Date
  /** It is a device that gets the tokens, and not this browser. */
  readonly device?: PendingDevice
  /**
   * Where a sign-in is asked for: in the transaction that completes it, so that it is kept with its session or not at all. Answers
   * where the browser goes on.
   */
  readonly answer?: (tx: Tx, result: SignedIn) => Promise<string>
}

export interface SignedIn {
  readonly user: Id<'usr'>
  readonly amr: readonly string[]
  readonly acr: string
  readonly at: Date
  readonly session: Id<'ses'>
}

const params = z.looseObject({
  client_id: z.string(),
  /** None where a device asks: the browser then stays here. */
  redirect_uri: z.string().optional(),
  scope: z.string().optional(),
  resource: z.union([z.string(), z.array(z.string())]).optional(),
  login_hint: z.string().optional(),
  ui_locales: z.string().optional(),
})

/** What a page needs to know; undefined for a question that we have no page for. */
export function pendingOf(
  interaction: Interaction,
  client: Client,
  { live, device }: { readonly live?: Id<'ses'> | undefined; readonly device?: PendingDevice | undefined } = {},
): PendingInteraction | undefined {
  const { uid, prompt, session, exp } = interaction
  const request = params.parse(interaction.params)
  const name = ourName(prompt.name)
  if (!name) return undefined
  const [resource] = [request.resource ?? []].flat()
  const wanted = askedOf(interaction, client)
  const isStepUp = client.id === ACCOUNT_CLIENT_ID && live !== undefined && wanted.fresh
  return {
    uid,
    prompt: name,
    client: {
      id: client.id,
      name: client.name,
      firstParty: client.firstParty,
      ...(client.uri !== null && { uri: client.uri }),
    },
    redirectUri: request.redirect_uri ?? interaction.returnTo,
    scopes: request.scope?.split(' ') ?? [],
    ...(resource !== undefined && { resource }),
    ...(request.login_hint !== undefined && { loginHint: request.login_hint }),
    ...(request.ui_locales !== undefined && { uiLocales: request.ui_locales }),
    ...(session && userId.is(session.accountId) && { sessionUser: session.accountId }),
    ...(live !== undefined && { session: live }),
    ...wanted,
    ...(isStepUp && { stepUp: demandOf(wanted.rules).level }),
    expiresAt: new Date(exp * 1000),
    ...(device && { device }),
  }
}

const asked = z.looseObject({
  organisationRules: keptRules.default([]),
  organisationMaxAge: z.number().optional(),
})

function askedOf(
  { prompt, params: requested }: Interaction,
  client: Client,
): Pick<PendingInteraction, 'rules' | 'fresh'> {
  const { organisationRules, organisationMaxAge } = asked.parse(prompt.details)
  return {
    rules: [...rulesOfClient(client), ...rulesOfRequest(requested), ...organisationRules],
    fresh: organisationMaxAge !== undefined || prompt.reasons.some((reason) => asksAnew.includes(reason)),
  }
}

/** The engine's names for `prompt=login` and `max_age`. */
const asksAnew: readonly string[] = ['login_prompt', 'max_age']

function ourName(name: string): PendingInteraction['prompt'] | undefined {
  if (name === 'login' || name === 'consent') return name
  return name === CHOOSE_ORGANISATION ? 'organisation' : undefined
}
