import { Hono } from 'hono'
import type { HttpEnv } from '../http/env.ts'
import { languageOf } from '../http/language.ts'
import { LandingPage } from '../ui/landing-page.tsx'
import { renderPage } from '../ui/render.ts'

interface WelcomeDeps {
  /** Until there is an administrator the page says how one comes to be. */
  readonly awaitsSetup: () => Promise<boolean>
  readonly mayRegister: boolean
}

/** What a person finds who types the address of the server, which is meant for programs. */
export function welcomeRoutes({ awaitsSetup, mayRegister }: WelcomeDeps): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>()
  routes.get('/', async (c) => {
    const now = { awaitsSetup: await awaitsSetup(), mayRegister }
    return c.html(renderPage(<LandingPage t={languageOf(c)} {...now} />))
  })
  return routes
}
