import { type Context, Hono } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { z } from 'zod'
import { AppError } from '../errors/app-error.ts'
import type { HttpEnv } from '../http/env.ts'
import type { Exchange } from '../http/exchange.ts'
import { readForm } from '../http/input/read.ts'
import { languageOf } from '../http/language.ts'
import { Secret } from '../lib/secret.ts'
import { renderPage } from '../ui/render.ts'
import { type Strength, strengthOf } from '../ui/strength.ts'
import { pathWith, SETUP_PATH, type SetupToken, setupToken } from './link.ts'
import { DeadLinkPage } from './pages/dead.tsx'
import { DonePage } from './pages/done.tsx'
import { SetUpPage, type SetUpProblems } from './pages/set-up.tsx'
import type { Setup } from './service.ts'

interface SetupRoutesDeps<By> {
  readonly setup: Setup<By>
  /** Nobody is proven here: who asks is a stranger at an address. */
  readonly strangerAt: (exchange: Exchange) => By
}

const field = z.string().default('')
const form = z.strictObject({ name: field, email: field, password: field })

type Typed = Partial<Pick<z.infer<typeof form>, 'name' | 'email'>>

/** GET shows, POST creates. The link is used up by nothing else: mail scanners and previews open everything. */
export function setupRoutes<By>({ setup, strangerAt }: SetupRoutesDeps<By>): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>()

  const formPage = (
    c: Context<HttpEnv>,
    token: SetupToken,
    typed: Typed = {},
    problems: SetUpProblems = {},
    strength?: Strength,
  ) => (
    <SetUpPage
      t={languageOf(c)}
      action={pathWith(token)}
      minimum={setup.minLength}
      {...typed}
      problems={problems}
      strength={strength}
    />
  )
  const strengthIn = ({ name, email, password }: z.infer<typeof form>) =>
    password === '' ? undefined : strengthOf(password, { minimum: setup.minLength, words: [name, email] })
  const deadLink = (c: Context<HttpEnv>) => {
    const { log, requestId } = c.env.exchange
    log.info({ error: 'setup-link-dead' }, 'a set-up link that opens nothing')
    return page(c, <DeadLinkPage t={languageOf(c)} requestId={requestId} />, 410)
  }

  routes.get(SETUP_PATH, async (c) => {
    const token = tokenOf(c)
    return token && (await setup.opens(token)) ? page(c, formPage(c, token)) : deadLink(c)
  })

  routes.post(SETUP_PATH, async (c) => {
    const token = tokenOf(c)
    if (!token) return deadLink(c)
    const sent = await readForm(c, form)
    const { password, ...typed } = sent
    const person = { ...typed, password: new Secret(password) }
    const done = await setup.complete(strangerAt(c.env.exchange), token, person).catch(asBusy)
    if ('retryAfter' in done) {
      c.header('Retry-After', String(done.retryAfter))
      return page(c, formPage(c, token, typed, { busy: true }, strengthIn(sent)), 503)
    }
    if (done.ok) return page(c, <DonePage t={languageOf(c)} email={done.value.email} />)
    if (done.error.kind === 'dead') return deadLink(c)
    return page(c, formPage(c, token, typed, done.error.problems, strengthIn(sent)), 422)
  })

  return routes
}

const tokenOf = (c: Context<HttpEnv>): SetupToken | undefined => setupToken.safeParse(c.req.query('token')).data

const page = (c: Context<HttpEnv>, content: JSX.Element, status: 200 | 410 | 422 | 503 = 200) =>
  c.html(renderPage(content), status)

/** Whoever has typed all that is not sent to an error page. */
function asBusy(error: unknown): { readonly retryAfter: number } {
  if (error instanceof AppError && error.code === 'busy') return { retryAfter: error.retryAfter ?? 1 }
  throw error
}
