import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { Db } from '../db/types.ts'
import { AppError } from '../errors/app-error.ts'
import { prefersPage } from '../http/answer/prefers-page.ts'
import { sendCached } from '../http/cached-bytes.ts'
import type { HttpEnv } from '../http/env.ts'
import type { Exchange } from '../http/exchange.ts'
import { languageOf } from '../http/language.ts'
import { alreadySent } from '../http/server/node-side.ts'
import { whenThere } from '../lib/soon.ts'
import { ErrorPage } from '../ui/error-page.tsx'
import { renderPage } from '../ui/render.ts'
import { assertConfirmed } from './confirmed.ts'
import { type DevicePagesDeps, deviceRoutes } from './device/routes.tsx'
import { routes as paths } from './engine/configuration.ts'
import type { Engines } from './engine/engines.ts'
import { letGoWhenOver } from './engine/let-go.ts'
import { SIGNED_ANSWER } from './introspection.ts'
import { StayedPage } from './pages/stayed.tsx'
import { asLink, postedFromAnywhere } from './posted.ts'
import { programEndpoints } from './program-endpoints.ts'
import { Unit } from './unit/unit.ts'
import { within } from './unit/units.ts'

interface RoutesDeps extends DevicePagesDeps {
  readonly db: Db
  readonly engines: Engines
}

const forEverybody = { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' }

/** Five minutes, like the keys: what the engine can do changes with a release. */
const CACHE_SECONDS = 300

export function oidcRoutes({ db, engines, ...pages }: RoutesDeps): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>()
  const engine = async (c: Context<HttpEnv>) => {
    const { provider: _, handle } = await engines.current()
    return handOver(c, handle, db)
  }
  routes.get(paths.authorization, engine)
  routes.get(`${paths.authorization}/:uid`, engine)
  for (const path of postedFromAnywhere) routes.post(path, asLink)
  for (const path of programEndpoints) {
    routes.post(path, inJson, engine)
    routes.options(path, engine)
  }
  routes.route('/', deviceRoutes({ engine, ...pages }))
  routes.get(paths.end_session, engine)
  routes.post(`${paths.end_session}/confirm`, async (c) => {
    await assertConfirmed(c)
    return engine(c)
  })
  routes.get(`${paths.end_session}/success`, engine)
  routes.get(`${paths.end_session}/stayed`, (c) => c.html(renderPage(<StayedPage t={languageOf(c)} />)))

  for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'])
    routes.get(path, (c) =>
      whenThere(engines.current(), (engine) =>
        whenThere(engine.discovery, ({ body, etag }) =>
          sendCached(c, {
            body,
            etag,
            contentType: 'application/json',
            cacheControl: `public, max-age=${CACHE_SECONDS}`,
            headers: forEverybody,
          }),
        ),
      ),
    )
  return routes
}

/**
 * RFC 6749 §5.2: a program is answered in JSON whatever it says that it takes. Some HTTP libraries ask for `text/html` by
 * default, and the engine would send them a page.
 */
const inJson: MiddlewareHandler<HttpEnv> = (c, next) => {
  const { incoming } = c.env
  // RFC 9701 §4: the one thing beside JSON that a program may ask for, and one endpoint gives.
  const wantsSigned = incoming?.headers.accept?.includes(SIGNED_ANSWER) && c.env.exchange.path === paths.introspection
  if (incoming) incoming.headers.accept = wantsSigned ? SIGNED_ANSWER : 'application/json'
  return next()
}

/**
 * HEAD is routed as GET and its answer taken apart again, when the engine's is on the wire already; and whoever previews a link must
 * neither begin a sign-in nor use up a request that counts once.
 */
function assertAsks({ head, path }: Exchange): void {
  if (head.method !== 'HEAD') return
  const posted = postedFromAnywhere.includes(path) ? ['POST'] : []
  throw new AppError('method-not-allowed', { headers: { Allow: ['GET', ...posted, 'OPTIONS'].join(', ') } })
}

type Handle = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>

async function handOver(c: Context<HttpEnv>, handle: Handle, db: Db): Promise<Response> {
  const { exchange, incoming, outgoing } = c.env
  assertAsks(exchange)
  if (!incoming || !outgoing) throw new TypeError('the protocol engine needs a request that came over a socket')
  const unit = new Unit(db, exchange, { rollsBackRefusals: exchange.path === paths.token })
  await within(unit, () => handle(incoming, outgoing))
  if (unit.engine) letGoWhenOver(unit.engine, outgoing)
  if (!unit.refusal) return alreadySent
  if (!unit.compared || !prefersPage(exchange.header('accept'))) throw unit.refusal
  const { refusal, compared } = unit
  const page = (
    <ErrorPage t={exchange.languages.of(exchange)} error={refusal} requestId={exchange.requestId} compared={compared} />
  )
  return new Response(renderPage(page), {
    status: refusal.entry.status,
    headers: { 'Content-Type': 'text/html; charset=utf-8', Vary: 'Accept, Accept-Language' },
  })
}
