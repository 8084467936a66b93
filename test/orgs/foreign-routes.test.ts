import { describe, expect, it, vi } from 'vitest'
import { routes as engine } from '../../src/oidc/engine/configuration.ts'
import { programEndpoints } from '../../src/oidc/program-endpoints.ts'
import type { Browser } from '../account/support.ts'
import { authorization } from '../oidc/support.ts'
import { protocol } from './foreign/protocol.ts'
import { inPlaceOf, type Route, routesOf, seesWhoAsks, textOf } from './foreign/routes.ts'
import {
  audience,
  type Held,
  roles,
  secretName,
  type Template,
  tokensFor,
  type World,
  worldOf,
} from './foreign/world.ts'

// Some seven hundred requests each.
vi.setConfig({ testTimeout: 120_000 })

/** What somebody is told of a sign-in that is over. */
const GONE = 410
/** Of what is not as a form or a question has to be. */
const REFUSED = 400
const WANTS_JSON = 'Send the body as application/json.'

type Fields = Readonly<Record<string, string>>
const namesIn = (name: string): readonly Fields[] => [
  { organization: name, organisation: name, org: name, org_id: name, tenantId: name },
  { organization: name },
  { organisation: name },
]

/** Everything that was answered, by whatever route. */
function trying({ house, client }: World, browser: Browser, { access }: Held) {
  const told: string[] = []
  const readAsJson = new Set<string>()
  const choose = async (): Promise<string> => {
    const pending = await authorization(house, { clientId: client.id, resource: audience })
    const choosing = await browser.go(pending.url.pathname + pending.url.search)
    expect(choosing.html).toContain('value="org_')
    return choosing.path.split('/')[2] ?? ''
  }
  let uid: string | undefined

  const send = async ({ method }: Route, to: string, name: string, given: Fields, asJson: boolean) => {
    const body = asJson ? JSON.stringify(given) : new URLSearchParams(given)
    const answer = await fetch(new URL(method === 'GET' ? `${to}?${new URLSearchParams(given)}` : to, house.url), {
      method,
      redirect: 'manual',
      headers: {
        accept: asJson ? 'application/json' : 'text/html',
        'x-company': name,
        origin: house.issuer,
        cookie: browser.jar.headerFor(new URL(to, house.issuer)) ?? '',
        authorization: `Bearer ${access}`,
        ...(asJson && { 'content-type': 'application/json' }),
      },
      ...(method !== 'GET' && { body }),
    })
    browser.jar.keep(answer)
    const text = await answer.text()
    told.push(text, answer.headers.get('location') ?? '')
    expect(answer.status, `${method} ${to}: turned away before anything is looked at`).not.toBe(429)
    return { status: answer.status, text }
  }

  const once = async (route: Route, name: string, given: Fields): Promise<number> => {
    uid ??= await choose()
    const to = inPlaceOf(route, { uid, name })
    const { status, text } = await send(route, to, name, given, false)
    if (!text.includes(WANTS_JSON)) return status
    readAsJson.add(textOf(route))
    const again = await send(route, to, name, { ...given, key: name, token: name }, true)
    expect(again.text, `${route.method} ${to}`).not.toContain(WANTS_JSON)
    return again.status
  }
  const attempt = async (route: Route, name: string, given: Fields): Promise<number> => {
    const status = await once(route, name, given)
    if (status !== GONE || !route.path.includes(':uid')) return status
    // Whatever was tried before has ended it; where a new one is gone as well, that is the refusal.
    uid = undefined
    return once(route, name, given)
  }
  return {
    told,
    readAsJson,
    attempt: async (route: Route, name: string): Promise<void> => {
      const [all = {}, ...alone] = namesIn(name)
      // What is strict refuses the names that it does not know, and with them the one that it does.
      if ((await attempt(route, name, all)) !== REFUSED) return
      for (const given of alone) await attempt(route, name, given)
    },
  }
}

/** What wants its body as JSON gets it so: each says so itself. A new one belongs here. */
const inJson = ['POST /api/v1/leak-reports', 'POST /oauth/register', 'PUT /oauth/register/:id']

describe.each(Object.keys(roles) as Template[])(
  '[MON-11] [STO-6] [TOS-3] [threat 28] whoever works elsewhere, %s',
  (template) => {
    it('gets to nothing of a foreign organisation, in any role, by any route there is, however it is named', async () => {
      const world = await worldOf(template)
      const { house, foreign, ours, rows } = world
      const before = await rows()
      expect(before.length).toBeGreaterThan(5)
      const all = routesOf(house)
      expect(all.map(textOf), 'of the protocol').toEqual(expect.arrayContaining(Object.keys(protocol)))
      for (const role of roles[template]) {
        const browser = await world.somebody(role)
        const held = await tokensFor(world, browser)
        const { attempt, told, readAsJson } = trying(world, browser, held)
        const isFirst = role === roles[template][0]
        const routes = template === 'basic' && isFirst ? all : all.filter(seesWhoAsks)
        // What a name stands for is looked up before anybody's role is: by the second one role of each template tries them.
        for (const name of isFirst ? [foreign.id, foreign.slug] : [foreign.id])
          for (const route of routes) await attempt(route, name)
        for (const [route, ask] of Object.entries(protocol)) {
          const asking = { world, browser, held }
          // Of their own it is given: what is refused is not refused for anything else.
          if (isFirst) expect(await ask({ ...asking, name: ours.id }), `${role}: ${route}`).toBe('let in')
          for (const name of [foreign.id, foreign.slug])
            expect(await ask({ ...asking, name }), `${role}: ${route}`).toBe('refused')
        }
        expect(told.filter((text) => text.includes(secretName)).length, role).toBe(0)
        expect(await rows(), role).toEqual(before)
        expect([...readAsJson].sort()).toEqual(inJson)
      }
    })
  },
)

it('an endpoint of the protocol is tried with all that it asks for beside the organisation', () => {
  const known = [`GET ${engine.authorization}`, ...programEndpoints.map((path) => `POST ${path}`)]
  expect(Object.keys(protocol)).toEqual(expect.arrayContaining(known))
})
