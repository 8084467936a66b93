import { inTransaction } from '../../src/db/transaction.ts'
import { Secret } from '../../src/lib/secret.ts'
import type { User } from '../../src/users/user.ts'
import { letters, type QueuedLetter } from '../support/letters.ts'
import { configFile } from '../support/scratch.ts'
import { ada, type PeopleWorld, password, peopleWorld } from '../users/support.ts'

export interface MailWorld extends PeopleWorld {
  open(path: string, headers?: Record<string, string>): Promise<Response>
  /** What a browser sends when a form is filled in. */
  post(path: string, fields?: Record<string, string>, headers?: Record<string, string>): Promise<Response>
  addPerson(person?: { email?: string; name?: string; password?: string; emailVerified?: boolean }): Promise<User>
  letters(): Promise<QueuedLetter[]>
  /** The path of the newest link to that page, from the newest letter that has one. */
  linkTo(path: string): Promise<string>
}

interface MailWorldOptions {
  readonly env?: Record<string, string>
  /** Of the configuration's file. */
  readonly file?: string
}

/** The whole server in process, with an outbox that can be read. */
export async function mailWorld({ env = {}, file }: MailWorldOptions = {}): Promise<MailWorld> {
  const world = await peopleWorld({ ...env, ...(file !== undefined && { CONFIG_FILE: configFile(file) }) })
  const { issuerUrl } = world.config.server
  const opened = () => letters(world)
  return {
    ...world,
    letters: opened,
    open: async (path, headers = {}) => world.request(path, { headers: { accept: 'text/html', ...headers } }),
    post: async (path, fields = {}, headers = {}) =>
      world.request(path, {
        method: 'POST',
        body: new URLSearchParams(fields).toString(),
        headers: {
          Origin: issuerUrl,
          'content-type': 'application/x-www-form-urlencoded',
          ...headers,
        },
      }),
    addPerson: async ({ password: chosen = password, ...person } = {}) => {
      const created = await world.users.create(world.by, { ...ada, ...person })
      if (!created.ok) throw new Error(created.error)
      const { id, email } = created.value
      const hashed = await world.passwords.prepare(new Secret(chosen), { email })
      if (!hashed.ok) throw new Error(hashed.error.reason)
      await inTransaction(world.database.app, (tx) => world.passwords.store(tx, world.by, id, hashed.value))
      return created.value
    },
    linkTo: async (path) => {
      const links = (await opened()).flatMap((letter) => letter.links).map((link) => new URL(link))
      const found = links.findLast(({ pathname }) => pathname === path)
      if (!found) throw new Error(`no letter has a link to ${path}; there are: ${links.join(' ') || 'none'}`)
      return found.pathname + found.search
    },
  }
}
