import { AppError } from '../../errors/app-error.ts'
import { clientsOfSessions, sessionsOf } from '../../oidc/artifacts/ending-store.ts'
import type { SessionId } from '../../sessions/session.ts'
import type { Output } from '../output.ts'
import { describeSession, describeSessions } from './describe.ts'
import { type Whose, type WhoseOptions, whoseIn } from './whose.ts'
import type { SessionsAtWork } from './with-sessions.ts'

interface ListOptions extends WhoseOptions {
  readonly limit: number
  readonly after?: SessionId
}

export async function listSessions(at: SessionsAtWork, { limit, after, ...options }: ListOptions): Promise<Output> {
  const whose = await whoseIn(at, options)
  const found = await at.sessions.list({ ...which(whose), limit: limit + 1, ...(after && { after }) })
  const shown = found.slice(0, limit)
  const [clients, people] = await Promise.all([
    clientsOfSessions(
      at.db,
      shown.map(({ id }) => id),
    ),
    at.users.those([...new Set(shown.map(({ user }) => user))]),
  ])
  const emails = new Map(people.map(({ id, email }) => [id, email]))
  const described = shown.map((session) => ({
    session,
    email: emails.get(session.user),
    applications: clients.get(session.id) ?? [],
  }))
  return describeSessions(described, found.length > limit)
}

function which(whose: Whose | undefined) {
  switch (whose?.kind) {
    case undefined:
      return {}
    case 'person':
      return { user: whose.user.id }
    case 'client':
      return { among: sessionsOf({ client: whose.id }) }
    case 'organisation':
      return { among: sessionsOf({ organisation: whose.organisation.id }) }
  }
}

export async function showSession(at: SessionsAtWork, id: SessionId): Promise<Output> {
  const found = await at.sessions.find(id)
  if (!found) throw sessionNotFound(id)
  const [clients, user] = await Promise.all([clientsOfSessions(at.db, [id]), at.users.find(found.user)])
  return describeSession(found, { email: user?.email, applications: clients.get(id) ?? [] })
}

export const sessionNotFound = (id: SessionId): AppError =>
  new AppError('session-not-found', { detail: `There is no session ${id}.` })
