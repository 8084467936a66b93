import type { Context } from 'hono'
import type { HttpEnv } from '../../http/env.ts'
import { languageOf } from '../../http/language.ts'
import { deviceOf } from '../../sessions/device.ts'
import { deviceText } from '../device-text.ts'
import type { DoneInSecurity } from '../pages/security/overview.tsx'
import { type AccountPath, paths } from '../paths.ts'

/** Post, redirect, get: reloading the page that follows repeats nothing. */
export const doneHere = (c: Context<HttpEnv>, what: DoneInSecurity) =>
  c.redirect(languageOf(c).carry(`${paths.security}?done=${what}`), 303)

export const goTo = (c: Context<HttpEnv>, path: AccountPath) => c.redirect(languageOf(c).carry(path), 303)

/** For the owner to recognise it by, in the letter that tells of the change. */
export const seenIn = (c: Context<HttpEnv>) => ({
  device: deviceText(languageOf(c), deviceOf(c.env.exchange.header('user-agent'))),
})
