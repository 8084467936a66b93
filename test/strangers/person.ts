import { cookieJar } from './cookie-jar.ts'
import { formOf, titleOf } from './page-form.ts'

export interface Credentials {
  readonly email: string
  readonly password: string
}

/** Where a person stands after redirects: at a page of the issuer, or sent away from it. */
type Stop =
  | { readonly kind: 'page'; readonly url: URL; readonly status: number; readonly html: string }
  | { readonly kind: 'left'; readonly url: URL }

/** Somebody who uses the hosted pages without a browser: follows redirects, keeps cookies, fills in plain forms. */
export interface Person {
  visit(url: URL): Promise<Stop>
  /** Fills in the form `#id` of the page and sends it. */
  send(stop: Stop, id: string, fields?: Readonly<Record<string, string>>): Promise<Stop>
  /** From an authorization request to the address that the person is sent back to. */
  signIn(authorization: URL, credentials: Credentials): Promise<URL>
  /** Follows the link that a device shows, and lets it in. */
  letDeviceIn(link: URL, credentials: Credentials): Promise<void>
}

const MOST_STEPS = 10

export function createPerson(issuer: string): Person {
  const jar = cookieJar()

  async function go(to: URL, body?: URLSearchParams): Promise<Stop> {
    let [url, form] = [to, body]
    for (let step = 0; step < MOST_STEPS; step++) {
      if (url.origin !== issuer) return { kind: 'left', url }
      const answer = await fetch(url, { redirect: 'manual', ...asBrowser(url, form) })
      jar.keep(answer)
      const location = answer.headers.get('location')
      if (location === null) return { kind: 'page', url, status: answer.status, html: await answer.text() }
      await answer.body?.cancel()
      const turnsToGet = answer.status === 302 || answer.status === 303
      ;[url, form] = [new URL(location, url), turnsToGet ? undefined : form]
    }
    throw new Error(`redirected in circles, last to ${url}`)
  }

  function asBrowser(url: URL, form: URLSearchParams | undefined): RequestInit {
    const cookie = jar.headerFor(url)
    const headers = { accept: 'text/html', ...(cookie !== undefined && { cookie }) }
    return form === undefined ? { headers } : { method: 'POST', body: form, headers: { ...headers, origin: issuer } }
  }

  const send: Person['send'] = (stop, id, fields = {}) => {
    const form = stop.kind === 'page' ? formOf(stop.html, id) : undefined
    if (form === undefined) throw new Error(`no form #${id} at ${described(stop)}`)
    return go(new URL(form.action, stop.url), new URLSearchParams({ ...form.fields, ...fields }))
  }

  async function goOn(from: Stop, { email, password }: Credentials): Promise<Stop> {
    let stop = from
    if (hasForm(stop, 'login')) stop = await send(stop, 'login', { email, password })
    return hasForm(stop, 'consent') ? send(stop, 'consent') : stop
  }

  return {
    visit: (url) => go(url),
    send,
    letDeviceIn: async (link, credentials) => {
      const stop = await goOn(await send(await go(link), 'device'), credentials)
      if (stop.kind !== 'page' || stop.status !== 200) throw new Error(`the device waits at ${described(stop)}`)
    },
    signIn: async (authorization, credentials) => {
      const stop = await goOn(await go(authorization), credentials)
      if (stop.kind === 'page') throw new Error(`the sign-in ended at ${described(stop)}`)
      return stop.url
    },
  }
}

const hasForm = (stop: Stop, id: string) => stop.kind === 'page' && formOf(stop.html, id) !== undefined

const described = (stop: Stop) =>
  stop.kind === 'left' ? `${stop.url}` : `${stop.url}: ${stop.status}, “${titleOf(stop.html)}”`
