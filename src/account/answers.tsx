import type { Context } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import type { Level } from '../factors/level.ts'
import type { Pause } from '../guard/lockout/lockout.ts'
import { notedPause, type PauseLeft, pauseLeft } from '../guard/lockout/pause-note.ts'
import { asBusy } from '../http/answer/busy.ts'
import type { HttpEnv } from '../http/env.ts'
import { languageOf } from '../http/language.ts'
import type { Clock } from '../lib/clock.ts'
import type { Translate } from '../ui/messages/translator.ts'
import { renderPage } from '../ui/render.ts'
import { span } from '../ui/span.ts'
import type { Done } from './pages/overview.tsx'
import { StrongerPage } from './pages/stronger.tsx'
import { type AccountPath, paths } from './paths.ts'

type Status = 200 | 403 | 409 | 410 | 422 | 429 | 503

export const page = (c: Context<HttpEnv>, content: JSX.Element, status: Status = 200) =>
  c.html(renderPage(content), status)

/** Post, redirect, get: reloading the page that follows repeats nothing. */
export const done = (c: Context<HttpEnv>, what: Done) => c.redirect(`${paths.overview}?done=${what}`, 303)

/** Signed in, and not as strongly as they can be, or not lately. */
export const tooWeak = (
  c: Context<HttpEnv>,
  stands: { readonly level: Level; readonly isStale: boolean },
  again: AccountPath,
) => page(c, <StrongerPage t={languageOf(c)} {...stands} again={again} />, 403)

/** Why nothing was judged, and when it may be. */
export interface HeldBack {
  readonly text: string
  readonly status: 403 | 429 | 503
  readonly seconds?: number
}

interface Busy {
  readonly kind: 'busy'
  readonly seconds: number
}

export function heldBack(t: Translate, verdict: Busy | Pause, clock: Clock): HeldBack {
  if (verdict.kind === 'busy') return { text: t('account.error.busy'), status: 503, seconds: verdict.seconds }
  // One that ends at this very moment is over when somebody reads of it.
  const left = pauseLeft(notedPause(verdict), clock.now()) ?? { kind: 'locked', seconds: 1 }
  const text = pauseText(t, left)
  return left.kind === 'off' ? { text, status: 403 } : { text, status: 429, seconds: left.seconds }
}

export const pauseText = (t: Translate, left: PauseLeft): string =>
  left.kind === 'off' ? t('account.error.off') : t('account.error.locked', { time: span(t, left.seconds) })

/** The form again, with what kept it from being judged. */
export function again(c: Context<HttpEnv>, { status, seconds }: HeldBack, content: JSX.Element) {
  if (seconds !== undefined) c.header('Retry-After', String(Math.ceil(seconds)))
  return page(c, content, status)
}

/** Whoever has typed all that is not sent to an error page. */
export const unlessBusy = <T,>(work: Promise<T>): Promise<T | Busy> =>
  work.catch((error: unknown) => ({ kind: 'busy', seconds: asBusy(error).retryAfter }))
