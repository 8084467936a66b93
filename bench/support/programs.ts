import { z } from 'zod'
import { hearthkey } from './command.ts'
import type { Home } from './home.ts'
import type { Server } from './server.ts'

/** What speaks for itself, with nobody who signs in. */
export interface Program {
  readonly clientId: string
  readonly clientSecret: string
}

interface TokenRequest {
  readonly form: string
  readonly headers: Record<string, string>
}

const created = z.object({ clientId: z.string(), clientSecret: z.string() })

export async function createProgram(home: Home, options: readonly string[] = []): Promise<Program> {
  const program = ['client', 'create', '--name', 'Program', '--grant', 'client_credentials', ...options]
  return created.parse(await hearthkey(home, program))
}

export const basic = ({ clientId, clientSecret }: Program): string => `Basic ${btoa(`${clientId}:${clientSecret}`)}`

/** The same each time, for the load generator. */
export const tokenRequest = (
  { host }: Pick<Server, 'host'>,
  program: Program,
  more: Readonly<Record<string, string>> = {},
): TokenRequest => ({
  form: new URLSearchParams({ grant_type: 'client_credentials', ...more }).toString(),
  headers: { host, authorization: basic(program) },
})

const issued = z.object({ access_token: z.string() })
const header = z.object({ alg: z.string() })

/** One answer for everybody to look at before many are counted: that it is a JWT, and signed by which algorithm. */
export async function algorithmOf(url: string, { form, headers }: TokenRequest): Promise<string> {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form), headers })
  const [head = '', ...rest] = issued.parse(await answer.json()).access_token.split('.')
  if (rest.length !== 2) throw new Error('the access token is no JWT')
  return header.parse(JSON.parse(Buffer.from(head, 'base64url').toString())).alg
}
