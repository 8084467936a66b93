import type { Context } from 'hono'
import { z } from 'zod'
import { AppError } from '../errors/app-error.ts'
import type { HttpEnv } from '../http/env.ts'
import { readForm } from '../http/input/read.ts'
import { routes as paths } from './engine/configuration.ts'

/** OpenID Connect Core §3.1.2.1 and RP-Initiated Logout §2: an application may send a browser here by a form. */
export const postedFromAnywhere: readonly string[] = [paths.authorization, paths.end_session]

/** What a browser sends again as an address; Node takes 16 KB of head, and cookies travel in it too. */
const LONGEST_QUERY = 8192

const parameters = z.record(z.string(), z.union([z.string(), z.array(z.string())]))

/**
 * The same request as a link, so that the answer is one and the same. A browser sends no `SameSite=Lax` cookie with a POST
 * from another site, but does follow the redirect with them: somebody who is signed in stays so.
 */
export async function asLink(c: Context<HttpEnv>): Promise<Response> {
  const given = await readForm(c, parameters)
  const pairs = Object.entries(given).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  )
  const query = new URLSearchParams(pairs).toString()
  if (query.length > LONGEST_QUERY)
    throw new AppError('body-too-large', { detail: `At most ${LONGEST_QUERY} bytes of parameters are taken here.` })
  return c.redirect(`${c.env.exchange.path}?${query}`, 303)
}
