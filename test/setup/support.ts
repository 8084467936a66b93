import { type PeopleWorld, peopleWorld } from '../users/support.ts'

export interface SetupWorld extends PeopleWorld {
  /** A new link as a path of this server. */
  link(): Promise<string>
  open(path: string): Promise<Response>
  /** What a browser sends when the form is filled in. */
  post(path: string, fields?: Partial<typeof filledIn>): Promise<Response>
}

export const filledIn = { name: 'Ada Lovelace', email: 'Ada@Example.com', password: 'correct horse battery' }

export async function setupWorld(
  env: Record<string, string> = {},
  more: { hashesForReal?: boolean } = {},
): Promise<SetupWorld> {
  const world = await peopleWorld(env, more)
  const { issuerUrl } = world.config.server
  return {
    ...world,
    link: async () => {
      const issued = await world.setup.issueLink(world.by)
      if (!issued.ok) throw new Error(issued.error)
      return issued.value.url.slice(issuerUrl.length)
    },
    open: async (path) => world.request(path),
    post: async (path, fields = {}) =>
      world.request(path, {
        method: 'POST',
        body: new URLSearchParams({ ...filledIn, ...fields }),
        headers: { Origin: issuerUrl },
      }),
  }
}
