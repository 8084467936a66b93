import { AppError } from '../../errors/app-error.ts'
import { ExitCode } from '../../errors/exit-code.ts'
import { countGrants } from '../../oidc/artifacts/ending-store.ts'
import type { SessionId } from '../../sessions/session.ts'
import type { CliContext } from '../context.ts'
import { interruptible } from '../interruptible.ts'
import type { Output } from '../output.ts'
import { createProgress } from '../progress.ts'
import { sessionNotFound } from './list.ts'
import { type Whose, type WhoseOptions, whoseIn } from './whose.ts'
import type { SessionsAtWork } from './with-sessions.ts'

export interface EndOptions extends WhoseOptions {
  readonly except?: SessionId
}

const wrong = (detail: string) =>
  new AppError('usage-error', { detail, cure: 'Give a session, or one of --user, --client and --organisation.' })

/** `ask` before what cannot be undone: whoever was signed in has to sign in again. */
export async function endSessions(
  { clock, stderr }: CliContext,
  at: SessionsAtWork,
  {
    session,
    ask,
    ...options
  }: EndOptions & { readonly session: SessionId | undefined; readonly ask: CliContext['confirm'] },
): Promise<Output> {
  const whose = await whoseIn(at, options)
  const { except } = options
  if ((session === undefined) === (whose === undefined)) throw wrong('It has to be said what is to end, in one way.')
  if (except !== undefined && whose?.kind !== 'person') throw wrong('--except goes with --user.')
  if (session) return endOne(at, session, ask)
  switch (whose?.kind) {
    case 'person':
      return endOfPerson(at, { ...whose, except, ask })
    case 'client':
    case 'organisation':
      return endMany(at, whose, { clock, stderr, ask })
    case undefined:
      throw wrong('It has to be said what is to end.')
  }
}

async function endOne(at: SessionsAtWork, session: SessionId, ask: CliContext['confirm']): Promise<Output> {
  const found = await at.sessions.find(session)
  if (!found) throw sessionNotFound(session)
  const email = (await at.users.find(found.user))?.email ?? found.user
  if (!found.ended) await ask(`${email} is signed out there, with all applications that were opened by it.`)
  const done = await at.signIns.one(at.by, session)
  return {
    text: done ? `The session of ${email} is ended.` : `The session of ${email} had ended before.`,
    json: { session, ended: done },
  }
}

async function endOfPerson(
  at: SessionsAtWork,
  {
    user,
    except,
    ask,
  }: Extract<Whose, { kind: 'person' }> & {
    readonly except: SessionId | undefined
    readonly ask: CliContext['confirm']
  },
): Promise<Output> {
  if (except && (await at.sessions.find(except))?.user !== user.id) throw sessionNotFound(except)
  const where = except ? 'everywhere but in that session' : 'everywhere'
  await ask(
    `${user.email} is signed out ${where}, and no application goes on in their name. No browser is trusted any more.`,
  )
  const sessions = await at.signIns.ofPerson(at.by, user.id, except)
  if (sessions === undefined) throw new AppError('user-not-found')
  return {
    text: `${user.email} is signed out ${where}: ${counted(sessions, 'session')} ended.`,
    json: { user: user.id, sessions, except: except ?? null },
  }
}

type Many = Exclude<Whose, { kind: 'person' }>

async function endMany(
  at: SessionsAtWork,
  whose: Many,
  { clock, stderr, ask }: Pick<CliContext, 'clock' | 'stderr'> & { readonly ask: CliContext['confirm'] },
): Promise<Output> {
  const total = await countGrants(
    at.db,
    whose.kind === 'client' ? { client: whose.id } : { organisation: whose.organisation.id },
  )
  await ask(question(whose, total))
  const progress = createProgress(stderr, clock)
  const { done, stopped } = await interruptible(async (signal) => {
    const going = {
      signal,
      step: (ended: number, of: number) =>
        progress.step({ what: 'ending', done: ended, total: of, detail: `${ended} of ${of} sign-ins` }),
    }
    const ended =
      whose.kind === 'client'
        ? await at.signIns.ofClient(at.by, whose.id, going)
        : await at.signIns.ofOrganisation(at.by, whose.organisation.id, going)
    return { done: ended, stopped: signal.aborted }
  }).finally(() => progress.end())
  return {
    text: [told(whose, done), ...(stopped ? ['Stopped before the end: run it again for the rest.'] : [])].join('\n'),
    json: {
      ...(whose.kind === 'client' ? { client: whose.id } : { organisation: whose.organisation.id }),
      ...done,
      stopped,
    },
    exit: stopped ? ExitCode.tempFail : ExitCode.ok,
  }
}

const question = (whose: Many, total: number): string =>
  whose.kind === 'client'
    ? `${counted(total, 'sign-in')} to ${whose.name} end: whoever uses it has to come again. Their browsers stay signed in to Hearthkey and to other applications.`
    : `${counted(total, 'sign-in')} for ${whose.organisation.name} end, with the sessions that were for it alone. A session that also serves another organisation goes on without this one.`

const told = (whose: Many, { sessions, grants }: { readonly sessions: number; readonly grants: number }): string =>
  whose.kind === 'client'
    ? `${counted(grants, 'sign-in')} to ${whose.name} ended.`
    : `${counted(grants, 'sign-in')} for ${whose.organisation.name} ended, and with them ${counted(sessions, 'session')}.`

const counted = (number: number, what: string): string =>
  `${number.toLocaleString('en-US')} ${what}${number === 1 ? '' : 's'}`
