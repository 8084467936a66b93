import type { FoundSession, SessionOfSomebody } from '../../sessions/session.ts'
import type { Output } from '../output.ts'
import { table } from '../table.ts'

const deviceOf = ({ device }: Pick<SessionOfSomebody, 'device'>): string =>
  [device?.browser, device?.system].filter(Boolean).join(', ') || 'unknown'

const placeOf = ({ place }: Pick<SessionOfSomebody, 'place'>): string =>
  [place?.city?.en, place?.country].filter(Boolean).join(', ')

const minute = (at: Date | undefined): string => at?.toISOString().slice(0, 16).replace('T', ' ') ?? ''

export interface Described {
  readonly session: SessionOfSomebody
  /** Undefined for somebody who was erased. */
  readonly email: string | undefined
  readonly applications: readonly string[]
}

const facts = ({ session, email, applications }: Described) => ({
  id: session.id,
  user: session.user,
  email: email ?? null,
  device: session.device ?? null,
  ip: session.ip ?? null,
  place: session.place ?? null,
  createdAt: session.createdAt,
  lastSeenAt: session.lastSeenAt,
  amr: session.amr,
  acr: session.acr,
  applications,
})

export function describeSessions(found: readonly Described[], more: boolean): Output {
  const next = more ? found.at(-1)?.session.id : undefined
  const rows = found.map(({ session, email, applications }) => [
    session.id,
    email ?? session.user,
    deviceOf(session),
    [session.ip ?? '', placeOf(session)].filter(Boolean),
    minute(session.createdAt),
    minute(session.lastSeenAt),
    session.amr.join(' '),
    applications,
  ])
  const heads = ['ID', 'WHO', 'DEVICE', 'FROM', 'SINCE (UTC)', 'LAST SEEN', 'FACTORS', 'APPLICATIONS']
  return {
    text: [
      found.length === 0 ? 'Nobody is signed in.' : table(heads, rows),
      ...(next ? ['', `There are more: add --after ${next}`] : []),
    ].join('\n'),
    json: { sessions: found.map(facts), next: next ?? null },
  }
}

export function describeSession(
  session: FoundSession,
  { email, applications }: Pick<Described, 'email' | 'applications'>,
): Output {
  const { ended, isOver } = session
  const state = ended
    ? `ended at ${ended.at.toISOString()}: ${ended.reason}`
    : isOver
      ? 'over: it was not seen for too long, or began too long ago'
      : 'live'
  const rows: readonly (readonly [string, string])[] = [
    ['id', session.id],
    ['state', state],
    ['who', email === undefined ? session.user : `${email} (${session.user})`],
    ['device', deviceOf(session)],
    ['from', [session.ip, placeOf(session)].filter(Boolean).join(', ') || 'unknown'],
    ['since', session.createdAt.toISOString()],
    ['last seen', session.lastSeenAt?.toISOString() ?? 'never: the sign-in was not followed home'],
    ['factors', `${session.amr.join(' ')} (${session.acr})`],
    ['applications', applications.join(', ') || 'none'],
  ]
  const { lastSeenAt, ...rest } = session
  return {
    text: rows.map(([label, value]) => `${label.padEnd(14)}${value}`).join('\n'),
    json: {
      session: {
        ...facts({ session: { ...rest, lastSeenAt: lastSeenAt ?? session.createdAt }, email, applications }),
        lastSeenAt: lastSeenAt ?? null,
        ended: ended ?? null,
        isOver,
      },
    },
  }
}
