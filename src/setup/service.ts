import { attempt } from '../db/attempt.ts'
import type { Db, Tx } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import type { Secret } from '../lib/secret.ts'
import { hashOf, LIFETIME_MS, newToken, pathWith, type SetupLink, type SetupToken, setupLinkId } from './link.ts'
import type { Administrators, Passwords, RecordSetupEvent } from './ports.ts'
import { problemsIn, type SetupProblems } from './problems.ts'
import { consumeLink, findFirstAdministrator, findLinkTimes, isLive, putLink } from './store.ts'

interface NewAdministrator {
  readonly name: string
  readonly email: string
  readonly password: Secret<string>
}

/** `dead`: used, replaced, expired or never issued, or set-up is over. Nobody is told which. */
export type SetupFailure = { readonly kind: 'dead' } | { readonly kind: 'refused'; readonly problems: SetupProblems }

/** Issued to somebody else, and shown to them alone: what is kept of it opens nothing. */
export interface LiveLink {
  readonly issuedAt: Date
  readonly expiresAt: Date
}

export interface Setup<By> {
  readonly minLength: number
  /** From the first administrator on it is over, and stays so whatever becomes of them. */
  isOver(): Promise<boolean>
  /** A new link; the one before opens nothing any more. */
  issueLink(by: By): Promise<Result<SetupLink, 'over'>>
  /** A new link where none opens: of many that start over one database, the first one's stays good. */
  ensureLink(by: By): Promise<Result<SetupLink, 'over' | LiveLink>>
  opens(token: SetupToken): Promise<boolean>
  complete(by: By, token: SetupToken, person: NewAdministrator): Promise<Result<{ email: string }, SetupFailure>>
}

interface SetupDeps<By, Hashed> {
  readonly db: Db
  readonly issuerUrl: string
  readonly administrators: Administrators<By>
  readonly passwords: Passwords<By, Hashed>
  readonly clock: Clock
  readonly record: RecordSetupEvent<By>
}

const dead = fail({ kind: 'dead' } as const)
const refused = (problems: SetupProblems) => fail({ kind: 'refused', problems } as const)

export function createSetup<By, Hashed>(deps: SetupDeps<By, Hashed>): Setup<By> {
  const { db, issuerUrl, administrators, passwords, clock, record } = deps
  const isOver = async () => (await findFirstAdministrator(db)) !== undefined
  const issue = async (tx: Tx, by: By, replaces: { live: boolean }): Promise<SetupLink | undefined> => {
    const [id, token, at] = [setupLinkId.generate(), newToken(), clock.now()]
    const expiresAt = new Date(at.getTime() + LIFETIME_MS)
    if (!(await putLink(tx, { id, hash: hashOf(token), at, expiresAt }, replaces))) return undefined
    const after = { public: { expiresAt: expiresAt.toISOString() } }
    await record(tx, by, { action: 'setup_link.issued', target: id, after })
    return { url: new URL(pathWith(token), issuerUrl).href, expiresAt }
  }
  const opens = async (token: SetupToken) => (await isLive(db, hashOf(token), clock.now())) && !(await isOver())

  return {
    minLength: passwords.minLength,
    isOver,
    opens,
    issueLink: (by) =>
      attempt(db, async (tx) => {
        if (await findFirstAdministrator(tx)) return fail('over')
        const link = await issue(tx, by, { live: true })
        if (!link) throw new Error('a set-up link that replaces any other was not taken')
        return ok(link)
      }),
    ensureLink: (by) =>
      attempt(db, async (tx): Promise<Result<SetupLink, 'over' | LiveLink>> => {
        if (await findFirstAdministrator(tx)) return fail('over')
        const link = await issue(tx, by, { live: false })
        if (link) return ok(link)
        const live = await findLinkTimes(tx)
        // Used at this very moment: then there is an administrator now.
        return fail(live ?? 'over')
      }),

    complete: async (by, token, { name, email, password }) => {
      // Before anything is judged or hashed: a stranger without a link costs one look-up.
      if (!(await opens(token))) return dead
      const typed = { name, email, password: password.reveal() }
      const person = { name, email, instanceRole: 'admin' } as const
      const about = { email, names: [name] }
      const problems = problemsIn(typed, administrators.problemsOf(person), passwords.refusalOf(password, about))
      if (problems) return refused(problems)
      const prepared = await passwords.prepare(password, about)
      if (!prepared.ok) return refused(problemsIn(typed, [], prepared.error) ?? {})

      return attempt(db, async (tx) => {
        const link = await consumeLink(tx, hashOf(token), clock.now())
        if (!link) return dead
        const created = await administrators.createIn(tx, by, person)
        if (!created.ok) return refused(problemsIn(typed, [created.error]) ?? {})
        const { id, email: address } = created.value
        // A command may have made an administrator at this very moment: then that one was the first.
        if ((await findFirstAdministrator(tx)) !== id) return dead
        await passwords.store(tx, by, id, prepared.value)
        await record(tx, by, { action: 'setup.completed', target: link, after: { public: { administrator: id } } })
        return ok({ email: address })
      })
    },
  }
}
