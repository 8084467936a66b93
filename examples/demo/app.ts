import { readFileSync } from 'node:fs'
import { Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { secureHeaders } from 'hono/secure-headers'
import { AuthorizationResponseError } from 'openid-client'
import { invoicesApi, type Trust, tokenValidator } from './api.ts'
import { claimsPage, otherTabPage, problemPage, signedOutPage, welcomePage } from './pages.ts'
import type { RelyingParty } from './relying-party.ts'
import { createVisitors } from './visitors.ts'

const stylesheet = readFileSync(new URL('style.css', import.meta.url), 'utf8')

export interface DemoParts {
  readonly relyingParty: RelyingParty
  readonly trust: Trust
  readonly origin: string
}

export function createDemo({ relyingParty, trust, origin }: DemoParts): Hono {
  const visitors = createVisitors()
  const validate = tokenValidator(trust)
  const api = invoicesApi(validate)
  const demo = new Hono()

  demo.use(csrf({ origin }), (c, next) => {
    c.header('Cache-Control', 'no-store')
    return next()
  })
  demo.use(
    secureHeaders({
      // A sign-out is a form whose answer leads to the issuer: browsers want that named here.
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        imgSrc: ['data:'],
        formAction: ["'self'", trust.issuer],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
      referrerPolicy: 'no-referrer',
      strictTransportSecurity: false,
    }),
  )

  demo.get('/style.css', (c) => c.body(stylesheet, 200, { 'Content-Type': 'text/css; charset=utf-8' }))
  demo.route('/', api)

  demo.get('/', async (c) => {
    const visitor = visitors.of(c)
    if (visitor === undefined || 'started' in visitor) return c.html(welcomePage(trust.issuer))
    const { signedIn } = visitor
    const authorization = `Bearer ${signedIn.accessToken}`
    const answer = await api.request('/api/invoices', { headers: { authorization } })
    if (answer.status === 401) {
      visitors.forget(c)
      return c.html(problemPage('The access token has expired.'), 401)
    }
    const accessToken = await validate(signedIn.accessToken)
    return c.html(claimsPage({ signedIn, accessToken, invoices: await answer.json() }))
  })

  demo.get('/sign-in', async (c) => {
    const { to, started } = await relyingParty.begin()
    visitors.remember(c, { started })
    return c.redirect(to.href, 303)
  })

  demo.get('/callback', async (c) => {
    const visitor = visitors.of(c)
    if (visitor === undefined)
      return c.html(
        problemPage(
          'This browser has no sign-in under way here: it was finished or took too long, or it began in another browser.',
          'Begin a new one. Nothing of the old one is left.',
        ),
        400,
      )
    if ('signedIn' in visitor) return c.html(otherTabPage(true), 409)
    // Before anything is forgotten: the sign-in of the other tab goes on.
    if (c.req.query('state') !== visitor.started.expectedState) return c.html(otherTabPage(false), 409)
    visitors.forget(c)
    const back = new URL(c.req.url)
    const signedIn = await relyingParty.finish(new URL(`${back.pathname}${back.search}`, origin), visitor.started)
    visitors.remember(c, { signedIn })
    return c.redirect('/', 303)
  })

  demo.post('/sign-out', (c) => {
    const visitor = visitors.of(c)
    visitors.forget(c)
    if (visitor === undefined || 'started' in visitor) return c.redirect('/', 303)
    return c.redirect(relyingParty.signOut(visitor.signedIn.idToken).href, 303)
  })

  demo.get('/signed-out', (c) => c.html(signedOutPage()))

  demo.onError((error, c) => {
    if (error instanceof AuthorizationResponseError && error.error === 'access_denied')
      return c.html(
        problemPage(
          'You cancelled the sign-in, or did not agree to it. This application was told nothing about you.',
          'Nothing is wrong. To sign in after all, begin again.',
        ),
        403,
      )
    process.stderr.write(`${error.name}: ${error.message}\n`)
    return c.html(problemPage('Something went wrong between this demo and Hearthkey.', error.message), 502)
  })
  return demo
}
