import type { LoadOrder } from './load.ts'
import type { Person } from './people.ts'
import { basic, type Program } from './programs.ts'
import { chainOf, type Refreshed } from './refresh-chain.ts'
import type { Server } from './server.ts'
import type { Application } from './visitor.ts'

/** A request for the load generator, the same each time. */
export type Asking = Pick<LoadOrder, 'url' | 'form' | 'headers'>

/** What somebody's application holds of them. */
export async function tokensOf(
  server: Server,
  application: Application,
  person: Person,
  more: Readonly<Record<string, string>> = {},
): Promise<Refreshed> {
  const chain = await chainOf(server, application, person, { scope: 'openid email', ...more })
  return await chain.next()
}

export const introspection = ({ origin, host }: Server, asker: Program, token: string): Asking => ({
  url: `${origin}/oauth/introspect`,
  form: new URLSearchParams({ token }).toString(),
  headers: { host, authorization: basic(asker) },
})

export const userinfo = ({ origin, host }: Server, token: string): Asking => ({
  url: `${origin}/oauth/userinfo`,
  headers: { host, authorization: `Bearer ${token}` },
})

/** One request of it; its answer must say what is expected. */
export async function expectAnswer({ url, form, headers = {} }: Asking, expected: string): Promise<void> {
  const post = form !== undefined && { method: 'POST', body: new URLSearchParams(form) }
  const answer = await fetch(url, { headers, ...post })
  const text = await answer.text()
  if (!answer.ok || !text.includes(expected)) throw new Error(`${url}: ${answer.status} ${text}`)
}
