import { Hono } from 'hono'
import type { EngineContext, Provider, Token } from 'oidc-provider'
import type { EventWriter } from '../audit/writer.ts'
import type { Config } from '../config/config.ts'
import type { Listener } from '../db/listener.ts'
import type { Db } from '../db/types.ts'
import { beginningGrace } from '../factors/begin-grace.ts'
import { ruleOfInstance } from '../factors/instance-rule.ts'
import type { HttpEnv } from '../http/env.ts'
import type { Keyring } from '../keyring/keyring.ts'
import type { KeySet, KeySnapshot } from '../keyring/signing/key-set.ts'
import type { Clock } from '../lib/clock.ts'
import { defineId } from '../lib/ids.ts'
import type { Log } from '../lib/log.ts'
import { accessTokens } from './access-token.ts'
import { createAccounts } from './accounts.ts'
import { apiKeysRoutes } from './apis/keys-routes.ts'
import { APIS_CHANNEL, findApi, findApiById } from './apis/store.ts'
import { createAdapters } from './artifacts/adapter.ts'
import { findLiveGrant } from './artifacts/store.ts'
import { createBacking, isLive, outlivesSession } from './backing.ts'
import { type BrowserSessions, createBrowserSessions } from './browser-sessions.ts'
import { signInClaims } from './claims.ts'
import { accountClient, apiKeysClient, withBuiltIn } from './clients/built-in.ts'
import { CLIENTS_CHANNEL, findClient } from './clients/store.ts'
import { CookieSigner } from './engine/cookie-signer.ts'
import { createEngines } from './engine/engines.ts'
import { createProvider } from './engine/provider.ts'
import { apiKeyClaims } from './exchange/api-key-grant.ts'
import { keyIntrospection } from './exchange/key-introspection.ts'
import { loadExistingGrant } from './grants.ts'
import { createInteractions, type Interactions } from './interactions.ts'
import { createKnown } from './known.ts'
import { currentClaims, stillCounts } from './organisations/current.ts'
import { organisationOfToken } from './organisations/of-token.ts'
import { organisationChecks } from './organisations/prompts.ts'
import { resolveOrganisation } from './organisations/resolve.ts'
import { seating } from './organisations/seating.ts'
import { tellingOfSwitch } from './organisations/switch.ts'
import { engineAnswers } from './pages/answers.tsx'
import type {
  ApiKeys,
  AssertRoom,
  EngineSessions,
  FactorsOfPeople,
  License,
  Organisations,
  Programs,
  Quotas,
  Revocations,
  Roles,
  TellOfReplay,
  Users,
} from './ports.ts'
import { openRegistry, type Registry } from './registry.ts'
import { resourceIndicators, resourceServers } from './resources.ts'
import { returnState } from './return-state.ts'
import { revocationFeedRoutes } from './revocation-feed.ts'
import { oidcRoutes } from './routes.tsx'
import { withTheRequest } from './strength/begin-grace.ts'
import { strongEnough } from './strength/check.ts'
import { assertStrongEnough } from './strength/of-token.ts'
import { judgingStrength } from './strength/strength.ts'
import { findUnit } from './unit/units.ts'
import { userinfoRoutes } from './userinfo.ts'

const userId = defineId('usr')

export interface OidcDeps {
  readonly config: Pick<Config, 'server' | 'tokens' | 'keys' | 'mfa'>
  readonly db: Db
  readonly listener: Pick<Listener, 'connected' | 'subscribe'>
  readonly keyring: Pick<Keyring, 'instance' | 'derive'>
  readonly keySet: KeySet
  /** Makes the keys of an API that is to have its own; without it such an API cannot be registered here. */
  readonly makeKeysOf?: (apiUuid: string) => Promise<void>
  readonly events: EventWriter
  readonly users: Users
  readonly sessions: EngineSessions
  readonly organisations: Organisations
  readonly access: Roles
  readonly factors: FactorsOfPeople
  readonly programs: Programs
  readonly apiKeys: ApiKeys
  readonly quotas: Quotas
  readonly revocations: Revocations
  readonly license: License
  readonly assertRoom: AssertRoom
  readonly tellOfReplay: TellOfReplay
  readonly clock: Clock
  readonly log: Log
}

export interface Oidc extends Pick<Registry, 'clients' | 'apis'> {
  readonly routes: Hono<HttpEnv>
  readonly interactions: Interactions
  /** For the pages of ours that somebody is signed in to. */
  readonly browserSessions: BrowserSessions
}

/** The protocol surface of one process. */
export async function createOidc(deps: OidcDeps): Promise<Oidc> {
  const { config, db, listener, keyring, keySet, events, users, sessions, clock, log } = deps
  const { organisations, access, programs, factors, apiKeys, quotas, revocations, license } = deps
  const issuer = config.server.issuerUrl
  const remembered = { listener, clock }
  const reader = async () => (await findUnit()?.reader()) ?? db
  const registered = await createKnown({
    ...remembered,
    channel: CLIENTS_CHANNEL,
    load: async (id) => findClient(await reader(), id),
  })
  const clients = withBuiltIn(registered, [accountClient(issuer), apiKeysClient(issuer)])
  const apis = await createKnown({
    ...remembered,
    channel: APIS_CHANNEL,
    load: async (audience) => findApi(await reader(), audience),
  })
  const registry = openRegistry(deps)
  const keys = () => keySet.fresh()
  const accounts = createAccounts(users)
  const findGrant = async (hash: Buffer) => findLiveGrant(await reader(), hash, clock.now())
  const backing = createBacking({ findGrant, sessions })
  const { largestClaims } = config.tokens
  const recorded = beginningGrace({ begin: factors.beginGrace, record: events.recordEvent, clock })
  const beginGrace = withTheRequest(recorded)
  const judgeStrength = judgingStrength({ instance: ruleOfInstance(config.mfa), factors, beginGrace, clock })
  const takeSeat = seating({ organisations, access, programs, judgeStrength })
  const current = currentClaims({ db, takeSeat, judgeStrength, apis, clock })
  const standsStill = stillCounts({ db, takeSeat, judgeStrength, clients, clock })
  const tokens = accessTokens({ issuer, keys, clients, users, backing, apiKeys, apis, current, clock })
  const ofOrganisation = organisationOfToken({
    issuer,
    organisations,
    takeSeat,
    assertStrongEnough: assertStrongEnough(judgeStrength),
    apis,
    quotas,
    tellOfSwitch: tellingOfSwitch(events),
    largestClaims,
    clock,
  })
  const accessTokenTtl = Math.floor(config.tokens.accessToken / 1000)

  /** Asked for together, before the engine asks for the one and then for the other. */
  const expectSignIn = async (id: string) => {
    const unit = findUnit()
    if (!unit || !userId.is(id)) return
    await Promise.all([accounts.person(id), unit.choices(id, () => organisations.toChoose(db, id))])
  }

  const standing = {
    config,
    cookieSigner: new CookieSigner(keyring.derive('cookies')),
    adapter: createAdapters({
      sealer: keyring.instance,
      sessions,
      organisations,
      clock,
      expectAccount: accounts.person,
      expectSignIn,
    }),
    findAccount: (_: EngineContext, id: string) => accounts.find(id),
    counts: async (token: Token) => {
      const { accountId, scopes, sid } = token
      if (accountId === undefined) return true
      if ((await accounts.find(accountId)) === undefined) return false
      return (outlivesSession(scopes) || (await isLive(sessions, sid))) && standsStill(token, findUnit()?.organisation)
    },
    extraTokenClaims: async (ctx: EngineContext, token: Token) => ({
      ...(apiKeyClaims(token, { quotas, largestClaims }) ?? {
        ...signInClaims(ctx, token),
        ...(await ofOrganisation(ctx, token)),
      }),
      ...(await license.claims(reader)),
    }),
    strongEnough: strongEnough(judgeStrength),
    organisationChecks: organisationChecks(resolveOrganisation({ db, organisations, takeSeat, clock })),
    ...engineAnswers(accounts),
  }
  const build = (snapshot: KeySnapshot): Provider => {
    const provider: Provider = createProvider(
      {
        ...standing,
        keys: snapshot,
        resourceIndicators: resourceIndicators({ issuer, apis, keys: snapshot, accessTokenTtl }),
        loadExistingGrant: loadExistingGrant(() => provider),
      },
      {
        clients,
        secrets: registry.secrets,
        sessions,
        tokens,
        apiKeys,
        introspectKey: keyIntrospection({ apiKeys, quotas, apis }),
        quotas,
        apiById: async (id) => findApiById(await reader(), id),
        resourceServerOf: resourceServers({ keys: snapshot, accessTokenTtl }),
        clock,
        db,
        events,
        tellOfReplay: deps.tellOfReplay,
      },
    )
    return provider
  }
  const engines = createEngines({ keySet, build, log })

  const routes = new Hono<HttpEnv>()
  for (const part of [
    oidcRoutes({ db, engines }),
    userinfoRoutes({ issuer, tokens }),
    revocationFeedRoutes({ issuer, tokens, clients, revocations }),
    apiKeysRoutes({ keys }),
  ])
    routes.route('/', part)
  const interactions = createInteractions({ db, engines, clients, events, organisations })
  const state = returnState({ issuer, key: keyring.derive('return state'), clock })
  const browserSessions = createBrowserSessions({ issuer, db, engines, users, state })
  return { routes, interactions, browserSessions, clients: registry.clients, apis: registry.apis }
}
