import { sql } from 'kysely'
import { accountRoutes } from './account/routes.tsx'
import { leakRoutes } from './api-keys/leak-routes.ts'
import { auditKeysRoutes } from './audit/keys/routes.ts'
import { listAuditKeys } from './audit/keys/store.ts'
import type { Config } from './config/config.ts'
import { laterCookie } from './credentials/passkey/later-cookie.ts'
import { passkeyRoutes } from './credentials/passkey/routes.ts'
import { clientAuthLimit } from './guard/client-auth.ts'
import { protocolLimits } from './guard/protocol.ts'
import { createHttp, type Http } from './http/create-http.ts'
import type { Exchange } from './http/exchange.ts'
import { createNotes } from './http/input/notes.ts'
import { accountParts } from './instance/account.ts'
import { accountApplications } from './instance/account-applications.ts'
import { accountOrganisations } from './instance/account-organisations.ts'
import { byMailRoutes } from './instance/by-mail-routes.ts'
import { certificateHeadersOf } from './instance/certificate-headers.ts'
import { forTokens, openCompanies } from './instance/companies.ts'
import { invitationPages } from './instance/invitation-routes.ts'
import type { People } from './instance/people.ts'
import type { Services } from './instance/services.ts'
import { signInParts } from './instance/sign-in.ts'
import { tellingOfReplay } from './instance/tell-of-replay.ts'
import { turnsOf } from './instance/turns.ts'
import { loadWords } from './instance/words.ts'
import type { Clock } from './lib/clock.ts'
import type { Log } from './lib/log.ts'
import { whenThere } from './lib/soon.ts'
import { licenseKeysRoutes } from './licenses/routes.ts'
import { loginMachine } from './login/machine/machine.ts'
import { steps } from './login/machine/steps.ts'
import { loginRoutes } from './login/routes.tsx'
import { createSignIn } from './login/service.ts'
import { createOidc } from './oidc/create-oidc.ts'
import { jwksRoutes } from './oidc/jwks.ts'
import { postedFromAnywhere } from './oidc/posted.ts'
import { programEndpoints } from './oidc/program-endpoints.ts'
import { createReadiness, type Readiness, type ReadinessCheck } from './ops/readiness.ts'
import { opsRoutes } from './ops/routes.ts'
import { setupRoutes } from './setup/routes.tsx'
import { welcomeRoutes } from './welcome/routes.tsx'

export interface AppParts {
  readonly config: Config
  readonly services: Services
  readonly people: Omit<People, 'close'>
  readonly clock: Clock
  readonly log: Log
}

export interface App {
  readonly http: Http
  readonly readiness: Readiness
}

/** Authenticated by the client or a bearer token at every request, never by a cookie: no origin to check. */
const programmatic = [
  ...['/oauth/token', '/oauth/introspect', '/oauth/revoke', '/oauth/userinfo', '/oauth/par', '/oauth/register'],
  ...['/oauth/device_authorization', '/oauth/register/*'],
  '/api/*',
]

/** The one assembly: every feature wired, every route mounted. */
export async function createApp({ config, services, people, clock, log }: AppParts): Promise<App> {
  const { issuerUrl, trustedProxies, bodyLimit } = config.server
  const { database, listener, keyring, signing, events } = services
  const { users, sessions, setup, guard } = people
  const { app: db } = database
  const words = loadWords(config)
  const fromAnywhere = postedFromAnywhere
  const turns = turnsOf(config)
  const certificateHeaders = certificateHeadersOf(config)
  const stack = {
    ...{ issuerUrl, trustedProxies, certificateHeaders, bodyLimit, words, turns },
    ...{ programmatic, fromAnywhere, ofOauth: programEndpoints },
  }
  const http = createHttp({ ...stack, log })
  const readiness = createReadiness({ checks: [databaseCheck(services)], clock, log })

  const keySet = signing.current
  const companies = openCompanies({ config, services, people, clock })
  const tellOfReplay = tellingOfReplay(people)
  const oidc = await createOidc({
    config,
    db,
    listener,
    keyring,
    keySet,
    events,
    users,
    sessions,
    consents: people.consents,
    ...forTokens(companies, services),
    tellOfReplay,
    clock,
    log,
  })
  const machine = loginMachine(steps)
  const signIn = createSignIn({ ...signInParts({ services, config, people, clock }), machine })
  const notes = createNotes({ issuerUrl, key: keyring.derive('notes of pages'), clock })

  const mayRegister = people.registration.policy.mode !== 'closed'

  for (const routes of [
    opsRoutes(readiness),
    jwksRoutes({ published: () => whenThere(keySet.fresh(), ({ jwks }) => jwks) }),
    licenseKeysRoutes(services.licenses.keys),
    auditKeysRoutes(() => listAuditKeys(db), clock),
    passkeyRoutes({ ...config.passkeys, issuerUrl, manage: '/account/security' }),
    clientAuthLimit({ limits: guard.limits, clock }),
    protocolLimits(guard),
    oidc.routes,
    loginRoutes({
      interactions: oidc.interactions,
      signIn,
      users,
      organisations: { toChoose: (user) => companies.orgs.seats.toChoose(db, user) },
      cookies: {
        browserCookie: guard.browserCookie,
        trustCookie: people.factors.trustCookie,
        laterCookie: laterCookie(issuerUrl),
      },
      signalUnknown: people.factors.passkeys.signalUnknown,
      trustLasts: config.mfa.trustedBrowser,
      mayUsePasskeys: config.mfa.factors.includes('passkey'),
      notes,
      mayRegister,
      issuerUrl,
      clock,
    }),
    accountRoutes({
      ...accountParts({ config, services, people, companies, clock }),
      organisations: accountOrganisations({ db, orgs: companies.orgs, clients: companies.clients }),
      applications: accountApplications({ db, issuer: issuerUrl, ...people, clients: companies.clients, clock }),
      browserSessions: oidc.browserSessions,
      notes,
    }),
    invitationPages({ issuerUrl, orgs: companies.orgs, users, browserSessions: oidc.browserSessions }),
    setupRoutes({ setup, strangerAt, notes }),
    ...byMailRoutes({ ...people, config, notes }),
    leakRoutes({
      reportLeak: companies.apiKeys.reportLeak,
      limit: (from) => guard.limits.take('api', from),
      strangerAt,
    }),
    welcomeRoutes({ awaitsSetup: async () => !(await setup.isOver()), mayRegister }),
  ])
    http.app.route('/', routes)
  return { http, readiness }
}

const strangerAt = ({ origin }: Exchange) => ({ actor: { kind: 'anonymous' }, ...origin }) as const

const databaseCheck = ({ database }: Services): ReadinessCheck => ({
  name: 'database',
  check: async () => {
    await sql`SELECT 1`.execute(database.app)
  },
})
