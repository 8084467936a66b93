import { type Command, InvalidArgumentError } from 'commander'
import { inInstance, inOrganisation } from '../../db/transaction.ts'
import { AppError } from '../../errors/app-error.ts'
import { type Organisation, orgId } from '../../orgs/org.ts'
import { findBySlug, findOrganisation } from '../../orgs/store.ts'
import { type SessionId, sessionId } from '../../sessions/session.ts'
import type { User } from '../../users/user.ts'
import { findPerson } from '../user/find.ts'
import type { SessionsAtWork } from './with-sessions.ts'

export interface WhoseOptions {
  readonly user?: string
  readonly client?: string
  readonly org?: string
}

export const whoseOptions = (command: Command): Command =>
  command
    .option('--user <user>', 'of one person: an id or an e-mail address')
    .option('--client <client>', 'of everybody who is signed in to one application')
    .option(
      '--organisation, --org <organisation>',
      'in which something was issued for one organisation: its id or slug',
    )

export type Whose =
  | { readonly kind: 'person'; readonly user: User }
  | { readonly kind: 'client'; readonly id: string; readonly name: string }
  | { readonly kind: 'organisation'; readonly organisation: Organisation }

const several = () =>
  new AppError('usage-error', {
    detail: 'Of --user, --client and --organisation one at most can be given.',
    cure: 'Run the command once for each.',
  })

/** Undefined where none of the options was given. */
export async function whoseIn(at: SessionsAtWork, { user, client, org }: WhoseOptions): Promise<Whose | undefined> {
  if ([user, client, org].filter((one) => one !== undefined).length > 1) throw several()
  if (user !== undefined) return { kind: 'person', user: await findPerson(at, user) }
  if (client !== undefined) {
    const found = await at.clients.find(client)
    if (!found) throw new AppError('client-not-found', { detail: `No client has the id ${client}.` })
    return { kind: 'client', id: found.id, name: found.name }
  }
  if (org !== undefined) return { kind: 'organisation', organisation: await organisationIn(at, org) }
  return undefined
}

async function organisationIn({ services }: SessionsAtWork, which: string): Promise<Organisation> {
  const { app, owner } = services.database
  const found = orgId.is(which)
    ? await inOrganisation(app, which, (tx) => findOrganisation(tx, which))
    : await inInstance(owner, (tx) => findBySlug(tx, which))
  if (!found) throw new AppError('organisation-not-found', { detail: `No organisation has the id or name ${which}.` })
  return found
}

export function toSessionId(text: string): SessionId {
  if (!sessionId.is(text))
    throw new InvalidArgumentError('Give the id of a session, ses_…, as hearthkey session list shows it.')
  return text
}
