import { onTestFinished } from 'vitest'
import type { ActorContext } from '../../src/audit/actor.ts'
import { inInstance, inTransaction } from '../../src/db/transaction.ts'
import { listen } from '../../src/http/server/listen.ts'
import { registryOf } from '../../src/instance/registry.ts'
import { Secret } from '../../src/lib/secret.ts'
import type { User } from '../../src/users/user.ts'
import { callback } from '../oidc/support.ts'
import { cookieJar } from '../strangers/cookie-jar.ts'
import { formOf } from '../strangers/page-form.ts'
import { createTestApp } from '../support/app.ts'
import { frozenClock } from '../support/clock.ts'
import { freePort } from '../support/free-port.ts'
import { letters } from '../support/letters.ts'
import { expectWholeOrigins } from '../support/whole-origins.ts'

export const password = 'a hearth keeps the house warm'
export const newPassword = 'nine small owls under a quilt'
export const adaAddress = 'ada@example.com'
export const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'
export const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1'

const arranging: ActorContext = { actor: { kind: 'operator', id: 'test' } }

export type AccountHouse = Awaited<ReturnType<typeof accountHouse>>

/** The whole server on a socket, with Ada in it. Time is ours, and starts at the engine's. */
export async function accountHouse({
  env = {},
  // A passkey is for a name, never for an address.
  host = '127.0.0.1',
}: {
  env?: Record<string, string>
  host?: string
} = {}) {
  const port = await freePort()
  const url = `http://${host}:${port}`
  const clock = frozenClock(new Date().toISOString())
  const app = await createTestApp({ env: { ISSUER_URL: url, ...env }, clock })
  const server = await listen({ http: app.http, host: '127.0.0.1', port, log: app.log.log })
  onTestFinished(() => server.close(0))
  onTestFinished(() => expectWholeOrigins(app.services.database.owner))
  const issuer = app.config.server.issuerUrl
  const { users, passwords } = app.people
  const db = app.services.database.app

  const addPerson = async (email = adaAddress, { verified = true } = {}): Promise<User> => {
    const made = await users.create(arranging, { email, name: 'Ada Lovelace', emailVerified: verified })
    if (!made.ok) throw new Error(made.error)
    const hashed = await passwords.prepare(new Secret(password), { email })
    if (!hashed.ok) throw new Error(hashed.error.reason)
    await inTransaction(db, (tx) => passwords.store(tx, arranging, made.value.id, hashed.value))
    return made.value
  }

  return {
    ...app,
    url,
    issuer,
    ada: await addPerson(),
    addPerson,
    find: async (user: User) => users.find(user.id),
    addClient: async () => {
      const { clients } = registryOf({ config: app.config, services: app.services, clock })
      const made = await clients.create(arranging, {
        name: 'Invoices',
        type: 'web',
        redirectUris: [callback],
        firstParty: true,
      })
      if (!made.ok) throw new Error(made.error.reason)
      return { ...made.value.client, secret: made.value.secret?.reveal() }
    },
    letters: () => letters(app),
    events: (action: string) =>
      inInstance(app.services.database.owner, (tx) =>
        tx.selectFrom('events').selectAll().where('action', '=', action).orderBy('id').execute(),
      ),
    browser: (userAgent = firefox) => createBrowser(url, issuer, userAgent),
  }
}

export interface Stop {
  readonly status: number
  readonly path: string
  readonly html: string
  readonly headers: Headers
}

export type Browser = ReturnType<typeof createBrowser>

/** Keeps cookies, follows redirects, fills in plain forms: somebody without JavaScript. */
function createBrowser(url: string, issuer: string, userAgent: string) {
  const jar = cookieJar()

  const once = async (to: URL, form?: Record<string, string>): Promise<Response> => {
    const cookie = jar.headerFor(to)
    const headers = { accept: 'text/html', 'user-agent': userAgent, ...(cookie !== undefined && { cookie }) }
    const sent = form
      ? { method: 'POST', body: new URLSearchParams(form), headers: { ...headers, origin: issuer } }
      : { headers }
    const answer = await fetch(new URL(to.pathname + to.search, url), { redirect: 'manual', ...sent })
    jar.keep(answer)
    return answer
  }

  /** To wherever it leads within the issuer. */
  const go = async (to: string, form?: Record<string, string>): Promise<Stop> => {
    let [target, body] = [new URL(to, issuer), form]
    for (let step = 0; step < 12; step++) {
      if (target.origin !== issuer) return { status: 0, path: target.href, html: '', headers: new Headers() }
      const answer = await once(target, body)
      const location = answer.headers.get('location')
      if (location === null) {
        const path = target.pathname + target.search
        return { status: answer.status, path, html: await answer.text(), headers: answer.headers }
      }
      await answer.body?.cancel()
      ;[target, body] = [new URL(location, target), undefined]
    }
    throw new Error(`redirected in circles, last to ${target}`)
  }

  const send = (stop: Stop, id: string, fields: Record<string, string> = {}): Promise<Stop> => {
    const form = formOf(stop.html, id)
    if (!form) throw new Error(`no form #${id} at ${stop.path}: ${stop.status}`)
    return go(new URL(form.action, new URL(stop.path, issuer)).href, fields)
  }

  return {
    jar,
    go,
    send,
    /** One answer, not followed. */
    raw: (to: string, form?: Record<string, string>) => once(new URL(to, issuer), form),
    post: (to: string, form: Record<string, string> = {}) => go(to, form),
    signIn: async (to = '/account', email = adaAddress, secret = password): Promise<Stop> =>
      send(await go(to), 'login', { email, password: secret }),
  }
}

export const text = ({ html }: Stop): string =>
  html
    .replace(/^[\s\S]*<main[^>]*>/, '')
    .replace(/<\/main>[\s\S]*$/, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
