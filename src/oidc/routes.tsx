import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { Db } from '../db/types.ts'
import { prefersPage } from '../http/answer/prefers-page.ts'
import { sendCached } from '../http/cached-bytes.ts'
import type { HttpEnv } from '../http/env.ts'
import { languageOf } from '../http/language.ts'
import { alreadySent } from '../http/server/node-side.ts'
import { whenThere } from '../lib/soon.ts'
import { ErrorPage } from '../ui/error-page.tsx'
import { renderPage } from '../ui/render.ts'
import { assertConfirmed } from './confirmed.ts'
import { routes as paths } from './engine/configuration.ts'
import type { Engines } from './engine/engines.ts'
import { StayedPage } from './pages/stayed.tsx'
import { asLink, postedFromAnywhere } from './posted.ts'
import { Unit } from './unit/unit.ts'
import { within } from './unit/units.ts'

interface RoutesDeps {
  readonly db: Db
  readonly engines: Engines
}

const forEverybody = { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' }

/** Five minutes, like the keys: what the engine can do changes with a release. */
const CACHE_SECONDS = 300

export function oidcRoutes({ db, engines }: RoutesDeps): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>()
  const engine = async (c: Context<HttpEnv>) => {
    const { provider: _, handle } = await engines.current()
    return handOver(c, handle, db)
  }
  routes.get(paths.authorization, engine)
  routes.get(`${paths.authorization}/:uid`, engine)
  for (const path of postedFromAnywhere) routes.post(path, asLink)
  for (const path of [paths.token, paths.introspection, paths.revocation]) {
    routes.post(path, inJson, engine)
    routes.options(path, engine)
  }
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
  if (c.env.incoming) c.env.incoming.headers.accept = 'application/json'
  return next()
}

type Handle = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>

async function handOver(c: Context<HttpEnv>, handle: Handle, db: Db): Promise<Response> {
  const { exchange, incoming, outgoing } = c.env
  if (!incoming || !outgoing) throw new TypeError('the protocol engine needs a request that came over a socket')
  const unit = new Unit(db, exchange, { rollsBackRefusals: exchange.path === paths.token })
  await within(unit, () => handle(incoming, outgoing))
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
