import type { Context } from 'hono'
import { z } from 'zod'
import { defineCookie } from '../cookies.ts'
import type { HttpEnv } from '../env.ts'

/** Names a sign-in that somebody left to register or to recover. Never a URL, so there is nothing to redirect to (threat 2). */
const signInName = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/)

/** What does not look like one is as good as none. */
export const readWayBack = (c: Context<HttpEnv>): string | undefined => signInName.safeParse(c.req.query('back')).data

/** Where whoever has no sign-in to go back to signs in. */
export const ACCOUNT_PATH = '/account'

export const signInPath = (back: string | undefined): `/${string}` =>
  signInName.safeParse(back).success ? `/login/${back}` : ACCOUNT_PATH

export const keepWayBack = (path: `/${string}`, back: string | undefined): `/${string}` =>
  back === undefined ? path : `${path}?back=${back}`

const HOUR_SECONDS = 3600

/** Which sign-in this browser left. The link in the letter may be opened in another one, where that sign-in cannot go on. */
export interface WaysBack {
  leave(c: Context<HttpEnv>, back: string | undefined): void
  /** The same name again, if it was this browser that left it. */
  ofThisBrowser(c: Context<HttpEnv>, back: string | undefined): string | undefined
}

export function waysBack(issuerUrl: string): WaysBack {
  // The engine's own cookie goes to the pages of its sign-in alone, and to no page behind a letter.
  const cookie = defineCookie(issuerUrl, { name: 'back', path: '/', maxAge: HOUR_SECONDS })
  return {
    leave: (c, back) => {
      if (back !== undefined) cookie.write(c, back)
    },
    ofThisBrowser: (c, back) => (back !== undefined && cookie.read(c) === back ? back : undefined),
  }
}
