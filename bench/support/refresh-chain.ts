import { createHash, randomBytes } from 'node:crypto'
import { Pool } from 'undici'
import { z } from 'zod'
import type { Person } from './people.ts'
import { basic } from './programs.ts'
import type { Server } from './server.ts'
import { type Application, Visitor } from './visitor.ts'

const tokens = z.object({ access_token: z.string(), refresh_token: z.string(), id_token: z.string().optional() })
export type Refreshed = z.infer<typeof tokens>

export interface Chain {
  /** The next refresh, with what the one before answered. */
  next(): Promise<Refreshed>
}

/** One sign-in, on a connection of its own. */
export async function chainOf(
  server: Server,
  { clientId, redirectUri, clientSecret }: Application,
  { email, password }: Person,
  parameters: Readonly<Record<string, string>>,
  /** What each refresh asks for beside its token. */
  more: Readonly<Record<string, string>> = {},
): Promise<Chain> {
  const pool = new Pool(server.origin, { connections: 1 })
  const visitor = new Visitor(pool, server.host)
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    state: 'bench',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...parameters,
  })
  const path = (location: string) => new URL(location, server.origin).pathname
  const form = path((await visitor.get(`/oauth/authorize?${query}`)).location)
  const taken = await visitor.post(form, { email, password })
  const returned = await visitor.get(path(taken.location))
  const code = new URL(returned.location).searchParams.get('code')
  if (code === null) throw new Error(`no code came back: ${returned.location}`)
  const ask = async (fields: Readonly<Record<string, string>>) => {
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: '/oauth/token',
      headers: {
        host: server.host,
        'content-type': 'application/x-www-form-urlencoded',
        ...(clientSecret !== undefined && { authorization: basic({ clientId, clientSecret }) }),
      },
      body: new URLSearchParams({ client_id: clientId, ...fields }).toString(),
    })
    const text = await body.text()
    if (statusCode !== 200) throw new Error(`${statusCode}: ${text}`)
    return tokens.parse(JSON.parse(text))
  }
  const redemption = { grant_type: 'authorization_code', redirect_uri: redirectUri, code, code_verifier: verifier }
  let { refresh_token: current } = await ask(redemption)
  return {
    next: async () => {
      const answer = await ask({ grant_type: 'refresh_token', refresh_token: current, ...more })
      current = answer.refresh_token
      return answer
    },
  }
}
