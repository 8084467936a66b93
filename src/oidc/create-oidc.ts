import { Hono } from 'hono'
import type { EngineContext, Provider, Token } from 'oidc-provider'
import type { EventWriter } from '../audit/writer.ts'
import type { Config } from '../config/config.ts'
import { lifetimesOf } from '../config/lifetimes.ts'
import type { Listener } from '../db/listener.ts'
import type { Db } from '../db/types.ts'
import { beginningGrace } from '../factors/begin-grace.ts'
import { ruleOfInstance } from '../factors/instance-rule.ts'
import type { HttpEnv } from '../http/env.ts'
import type { OutgoingClient } from '../http/outgoing/outgoing.ts'
import type { Keyring } from '../keyring/keyring.ts'
import type { KeySet, KeySnapshot } from '../keyring/signing/key-set.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { accessTokens } from './access-token.ts'
import { createAccounts } from './accounts.ts'
import { apiKeysRoutes } from './apis/keys-routes.ts'
import { APIS_CHANNEL, DEFAULT_API, findApi, findApiById, findDefaultAudience } from './apis/store.ts'
import { createAdapters } from './artifacts/adapter.ts'
import { createBacking } from './backing.ts'
import { refreshIntrospection } from './behind/refresh-introspection.ts'
import { findGrantBehind, type Standing } from './behind/store.ts'
import { type BrowserSessions, createBrowserSessions } from './browser-sessions.ts'
import { certificatesReadBy } from './certificates/engine-certificates.ts'
import { signInClaims } from './claims.ts'
import { accountClient, apiKeysClient, withBuiltIn } from './clients/built-in.ts'
import { CLIENTS_CHANNEL, findClient } from './clients/store.ts'
import { consentQuestion } from './consent/question.ts'
import { ofDeviceCodes } from './device/adapter.ts'
import { deviceFlow } from './device/flow.tsx'
import { waitingCodes } from './device/service.ts'
import { userCodes } from './device/user-code.ts'
import { dpopNonces } from './dpop/nonces.ts'
import { assertingProof } from './dpop/proof.ts'
import { CookieSigner } from './engine/cookie-signer.ts'
import { createEngines } from './engine/engines.ts'
import { keyFetch } from './engine/key-fetch.ts'
import { createProvider } from './engine/provider.ts'
import { mayHold } from './exchange/acting.ts'
import { apiKeyClaims } from './exchange/api-key-grant.ts'
import { handedOn } from './exchange/handed-on.ts'
import { keyIntrospection } from './exchange/key-introspection.ts'
import { expecting } from './expecting.ts'
import { grantTags } from './grant-tags.ts'
import { loadExistingGrant } from './grants.ts'
import { holding } from './holder.ts'
import { incomingJwts } from './incoming/incoming-jwts.ts'
import { ofPushedRequests } from './incoming/pushed-requests.ts'
import { createInteractions, type Interactions } from './interactions.ts'
import { createKnown } from './known.ts'
import { currentClaims, stillMeetingRules } from './organisations/current.ts'
import { organisationOfToken } from './organisations/of-token.ts'
import { organisationChecks } from './organisations/prompts.ts'
import { resolveOrganisation } from './organisations/resolve.ts'
import { judgingSeat, takingSeat } from './organisations/seating.ts'
import { tellingOfSwitch } from './organisations/switch.ts'
import { engineAnswers } from './pages/answers.tsx'
import type {
  ApiKeys,
  AssertRoom,
  EngineSessions,
  FactorsOfPeople,
  License,
  Organisations,
  OwnConsents,
  Programs,
  Quotas,
  Revocations,
  Roles,
  TellOfReplay,
  Users,
} from './ports.ts'
import { ofCodes } from './redemption/adapter.ts'
import { ofRefreshTokens } from './refresh/adapter.ts'
import { successors } from './refresh/successor.ts'
import { REGISTRATION_PATH } from './registration/paths.ts'
import { registrationRoutes } from './registration/routes.ts'
import { selfRegistration } from './registration/service.ts'
import { openRegistry, type Registry } from './registry.ts'
import { createUsedJwts } from './replay/used-jwts.ts'
import { issuableTo, resourceIndicators, resourceServers } from './resources.ts'
import { returnState } from './return-state.ts'
import { answeringFeed } from './revocation-feed/answer.ts'
import { feedReaders } from './revocation-feed/reader.ts'
import { revocationFeedRoutes } from './revocation-feed/routes.ts'
import { oidcRoutes } from './routes.tsx'
import { withTheRequest } from './strength/begin-grace.ts'
import { strongEnough } from './strength/check.ts'
import { enoughLevels } from './strength/enough.ts'
import { assertStrongEnough } from './strength/of-token.ts'
import { judgingStrength } from './strength/strength.ts'
import { createSubjects } from './subjects.ts'
import { findUnit } from './unit/units.ts'
import { userinfoRoutes } from './userinfo.ts'

export interface OidcDeps {
  readonly config: Pick<Config, 'server' | 'tokens' | 'sessions' | 'keys' | 'mfa' | 'clients'>
  readonly db: Db
  readonly listener: Pick<Listener, 'connected' | 'subscribe'>
  readonly keyring: Pick<Keyring, 'instance' | 'derive'>
  readonly keySet: KeySet
  /** Makes the keys of an API that is to have its own; without it such an API cannot be registered here. */
  readonly makeKeysOf?: (apiUuid: string) => Promise<void>
  readonly events: EventWriter
  readonly users: Users
  readonly sessions: EngineSessions
  readonly consents: OwnConsents
  readonly organisations: Organisations
  readonly access: Roles
  readonly factors: FactorsOfPeople
  readonly programs: Programs
  readonly apiKeys: ApiKeys
  readonly quotas: Quotas
  readonly revocations: Revocations
  readonly license: License
  readonly outgoing: Pick<OutgoingClient, 'send'>
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

/** Far more than anybody registers: none is made anew because there are others, and a minute asks for none of them again. */
const manyClients = { most: 50_000, oldestMs: 300_000 }

/** The protocol surface of one process. */
export async function createOidc(deps: OidcDeps): Promise<Oidc> {
  const { config, db, listener, keyring, keySet, events, users, sessions, clock, log } = deps
  const { organisations, access, programs, factors, apiKeys, quotas, revocations, license } = deps
  const issuer = config.server.issuerUrl
  const remembered = { listener, clock }
  const reader = async () => (await findUnit()?.reader()) ?? db
  const registered = await createKnown({
    ...remembered,
    ...manyClients,
    channel: CLIENTS_CHANNEL,
    load: async (id) => findClient(await reader(), id),
  })
  const clients = withBuiltIn(registered, [accountClient(issuer), apiKeysClient(issuer)])
  const apis = await createKnown({
    ...remembered,
    channel: APIS_CHANNEL,
    load: async (audience) => findApi(await reader(), audience),
  })
  const defaults = await createKnown({
    ...remembered,
    channel: APIS_CHANNEL,
    load: async () => ({ audience: await findDefaultAudience(await reader()) }),
  })
  const defaultApi = async () => (await defaults.find(DEFAULT_API))?.audience ?? null
  const registry = openRegistry(deps)
  const keys = () => keySet.fresh()
  const accounts = createAccounts(users)
  const counting: Standing = { isActive: users.isActive, isLiving: sessions.isLiving }
  const findGrant = async (grantHash: Buffer, session: string | null) =>
    findGrantBehind(await reader(), counting, { grantHash, session, now: clock.now() })
  const subjects = createSubjects({ keyring, db: reader })
  const usedJwts = createUsedJwts(reader)
  const tags = grantTags(keyring.derive('grants of tokens that were handed on'))
  const backing = createBacking({ findGrant, subjects, tags, mayHold: mayHold(clients) })
  const { largestClaims } = config.tokens
  const recorded = beginningGrace({ begin: factors.beginGrace, record: events.recordEvent, clock })
  const beginGrace = withTheRequest(recorded)
  const instance = ruleOfInstance(config.mfa)
  const judgeStrength = judgingStrength({ instance, factors, beginGrace, clock })
  const judgeSeat = judgingSeat({ access, programs, judgeStrength })
  const takeSeat = takingSeat({ organisations, judgeSeat })
  const current = currentClaims({ db, takeSeat, judgeStrength, apis, clock })
  const stillMeetsRules = stillMeetingRules({ db, takeSeat, judgeStrength, clock })
  const introspectRefresh = refreshIntrospection({
    issuer,
    reader,
    standing: counting,
    stillMeetsRules,
    subjects,
    clock,
  })
  const tokens = accessTokens({ issuer, keys, clients, backing, apiKeys, apis, current, clock })
  const ofOrganisation = organisationOfToken({
    issuer,
    organisations,
    takeSeat,
    judgeSeat,
    assertStrongEnough: assertStrongEnough(judgeStrength),
    apis,
    quotas,
    tellOfSwitch: tellingOfSwitch(events),
    largestClaims,
    clock,
  })
  const lifetimes = lifetimesOf(config)
  const accessTokenTtl = Math.floor(lifetimes.accessToken / 1000)

  const { findHolder, expectSignIn, lookBehind } = expecting({ db, users, accounts, organisations })
  const codes = userCodes(keyring.derive('user codes'))
  const ownKinds = {
    PushedAuthorizationRequest: ofPushedRequests,
    DeviceCode: ofDeviceCodes({ db, sealer: keyring.instance, sessions, userCodes: codes, clock }),
    AuthorizationCode: ofCodes({
      lifetimes,
      organisations,
      findHolder,
      clock,
    }),
    RefreshToken: ofRefreshTokens({
      lifetimes,
      retryWindow: config.tokens.retryWindow,
      successorOf: successors(keyring.derive('refresh successors')),
      organisations,
      expectAccount: accounts.person,
      issuable: issuableTo({ issuer, apis, keys }),
      plainlyEnough: enoughLevels(instance),
      largestClaims,
      clock,
      db,
    }),
  }
  const nonceSecret = keyring.derive('dpop nonces')
  const nonces = dpopNonces(nonceSecret, clock)
  const assertProof = assertingProof({ nonces, usedJwts, clock })
  const holderOf = holding({ issuer, tokens, nonces, assertProof })
  const certificates = certificatesReadBy(config.server)
  const standing = {
    config,
    subjects,
    tags,
    incoming: incomingJwts({ issuer, usedJwts, clock }),
    certificates,
    nonceSecret,
    fetch: keyFetch(deps.outgoing, clock),
    clock,
    cookieSigner: new CookieSigner(keyring.derive('cookies')),
    adapter: createAdapters({
      sealer: keyring.instance,
      sessions,
      organisations,
      clock,
      expectAccount: accounts.person,
      expectSignIn,
      lookBehind,
      own: ownKinds,
    }),
    deviceFlow: deviceFlow(events),
    apiOf: async (audience: string) => (audience === issuer ? undefined : apis.find(audience)),
    findAccount: accounts.findFor,
    extraTokenClaims: async (ctx: EngineContext, token: Token) => ({
      ...(apiKeyClaims(token, { quotas, largestClaims }) ?? {
        ...signInClaims(ctx, token, subjects),
        ...handedOn((await ofOrganisation(ctx, token)) ?? {}),
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
        resourceIndicators: resourceIndicators({ issuer, apis, defaultApi, keys: snapshot, accessTokenTtl }),
        loadExistingGrant: loadExistingGrant({ provider: () => provider, consents: deps.consents }),
      },
      {
        clients,
        secrets: registry.secrets,
        readsCertificates: certificates.read,
        usedJwts,
        sessions,
        tokens,
        tags,
        apiKeys,
        introspectRefresh,
        introspectKey: keyIntrospection({ apiKeys, quotas, apis }),
        quotas,
        apis,
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
  const mayRegister = config.clients.dynamicRegistration === 'token'
  const beside = mayRegister ? { registration_endpoint: `${issuer}${REGISTRATION_PATH}` } : {}
  const engines = createEngines({ keySet, build, beside, log })
  const registration = selfRegistration({
    db,
    events,
    clients: registry.clients,
    secrets: registry.registrationSecrets,
    clock,
  })

  const routes = new Hono<HttpEnv>()
  for (const part of [
    oidcRoutes({ db, engines, isWaitedFor: waitingCodes({ db, userCodes: codes, clock }) }),
    userinfoRoutes({ issuer, users, clients, holderOf }),
    revocationFeedRoutes({
      issuer,
      holderOf,
      clients,
      keys,
      readerOf: feedReaders({ issuer, apis }),
      answer: answeringFeed({ issuer, db, revocations, subjects, clock }),
    }),
    apiKeysRoutes({ keys }),
    ...(mayRegister ? [registrationRoutes({ issuer, registration })] : []),
  ])
    routes.route('/', part)
  const { consents } = deps
  const askConsent = consentQuestion({ issuer, db, consents, organisations })
  const interactions = createInteractions({ db, engines, clients, consents, askConsent, organisations })
  const state = returnState({ issuer, key: keyring.derive('return state'), clock })
  const browserSessions = createBrowserSessions({ issuer, db, engines, users, state })
  return { routes, interactions, browserSessions, clients: registry.clients, apis: registry.apis }
}
