import type { Context } from 'hono'
import { parseAccept } from 'hono/utils/accept'
import { parse } from 'hono/utils/cookie'
import type { Address, Translate } from '../ui/messages/translator.ts'
import type { Words } from '../ui/messages/words.ts'
import { type Cookie, defineCookie } from './cookies.ts'
import type { HttpEnv } from './env.ts'
import type { Exchange } from './exchange.ts'

/** `?lang=de`: what a link at the foot of a page asks for. */
const PARAMETER = 'lang'
const COOKIE = 'lang'
const oneYear = 365 * 24 * 60 * 60

/** Which language a page is in. Nothing here changes by a GET. */
export interface Languages {
  /** What the person chose on this page, or before; what the client says of them; what the browser says; English. */
  of(exchange: Exchange, uiLocales?: string): Translate
  tagOf(exchange: Exchange, uiLocales?: string): string
  /** A choice that comes with a form is kept: a POST may change something, a link may not. */
  remember(c: Context<HttpEnv>): void
}

export function createLanguages(words: Words, issuerUrl: string): Languages {
  const cookie: Cookie = defineCookie(issuerUrl, { name: COOKIE, path: '/', maxAge: oneYear })
  const cookieName = issuerUrl.startsWith('https:') ? `__Host-${COOKIE}` : COOKIE
  const chosenAt = (exchange: Exchange): string | undefined => {
    const wish = queryOf(exchange).get(PARAMETER)
    return wish === null ? undefined : words.choose([wish])
  }
  const tagBeside = (chosen: string | undefined, exchange: Exchange, uiLocales: string | undefined): string => {
    if (chosen !== undefined) return chosen
    const wishes = [kept(exchange, cookieName), ...(uiLocales?.split(' ') ?? []), ...accepted(exchange)]
    return words.choose(wishes.filter((wish) => wish !== undefined)) ?? 'en'
  }
  return {
    of(exchange, uiLocales) {
      const chosen = chosenAt(exchange)
      return words.speak(tagBeside(chosen, exchange, uiLocales), addressOf(exchange, words, chosen))
    },
    tagOf: (exchange, uiLocales) => tagBeside(chosenAt(exchange), exchange, uiLocales),
    remember(c) {
      const { exchange } = c.env
      const chosen = exchange.head.method === 'POST' ? chosenAt(exchange) : undefined
      if (chosen !== undefined) cookie.write(c, chosen)
    },
  }
}

/** For a route with a page; `uiLocales` is what the client said of the person (OpenID Connect Core §3.1.2.1). */
export function languageOf(c: Context<HttpEnv>, uiLocales?: string): Translate {
  const { exchange } = c.env
  exchange.languages.remember(c)
  return exchange.languages.of(exchange, uiLocales)
}

function queryOf({ head }: Exchange): URLSearchParams {
  const start = head.target.indexOf('?')
  return new URLSearchParams(start === -1 ? '' : head.target.slice(start + 1))
}

const kept = (exchange: Exchange, name: string): string | undefined =>
  parse(exchange.header('cookie') ?? '', name)[name]

const accepted = (exchange: Exchange): string[] =>
  parseAccept(exchange.header('accept-language') ?? '')
    .filter(({ q, type }) => q > 0 && type !== '*')
    .map(({ type }) => type)

const withLanguage = (path: `/${string}`, tag: string, query = new URLSearchParams()): `/${string}` => {
  query.set(PARAMETER, tag)
  return `${path}?${query}`
}

function addressOf(exchange: Exchange, words: Words, chosen: string | undefined): Address {
  const path: `/${string}` = `/${exchange.path.replace(/^\/+/, '')}`
  return {
    choices: words.languages.map((language) => ({
      ...language,
      href: withLanguage(path, language.tag, queryOf(exchange)),
    })),
    carry: (to) => {
      const [way = to, query] = to.split('?')
      return chosen === undefined ? to : withLanguage(`/${way.slice(1)}`, chosen, new URLSearchParams(query))
    },
  }
}
