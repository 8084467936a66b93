import { type Asked, answerIn } from '../db/asked.ts'
import { attempt } from '../db/attempt.ts'
import { enterOrganisation, inOrganisation, inTransaction, type OrgTx } from '../db/transaction.ts'
import type { Db } from '../db/types.ts'
import type { Id } from '../lib/ids.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import type { Acting, Authority, Memberships, TellOfProgram } from './ports.ts'
import {
  isDescription,
  isName,
  type ServiceAccount,
  type ServiceAccountId,
  type ServiceAccountStatus,
  serviceAccountId,
} from './service-account.ts'
import { changingStatus, type StatusDeps } from './status.ts'
import { findItself, insertAccount, listAccounts, lockAccount } from './store.ts'

export interface NewServiceAccount {
  readonly organisation: Id<'org'>
  readonly name: string
  readonly description?: string
  /** Keys of the roles that it has there. */
  readonly roles: readonly string[]
}

export interface AccountPlace {
  readonly organisation: Id<'org'>
  readonly id: ServiceAccountId
}

export type ChangeRefusal = 'not-found' | 'forbidden' | 'beyond-authority' | 'already'

/** `By`: who asks and from where; `A`: what they may do; the refusals of memberships come as they are. */
export interface ServiceAccounts<By, A extends Authority, AddRefusal, LeaveRefusal> {
  create(
    by: By,
    authority: Asked<A>,
    account: NewServiceAccount,
  ): Promise<Result<ServiceAccount, AddRefusal | 'forbidden' | 'name-invalid' | 'description-invalid'>>
  /** Those that the organisation looks after, in the order of their creation. */
  list(page: {
    readonly organisation: Id<'org'>
    readonly after?: ServiceAccountId
    readonly limit: number
  }): Promise<ServiceAccount[]>
  /** By its id alone, whichever organisation looks after it. */
  find(id: ServiceAccountId): Promise<ServiceAccount | undefined>
  /** It gets nothing any more, wherever it works, and what was issued is announced as dead. */
  disable(by: By, authority: Asked<A>, of: AccountPlace): Promise<Result<ServiceAccount, ChangeRefusal>>
  enable(by: By, authority: Asked<A>, of: AccountPlace): Promise<Result<ServiceAccount, ChangeRefusal>>
  /** For good, with its keys. It stays for the log of events, and nothing else shows it. */
  remove(by: By, authority: Asked<A>, of: AccountPlace): Promise<Result<ServiceAccount, ChangeRefusal | LeaveRefusal>>
}

interface ServiceAccountsDeps<By, A extends Authority, AddRefusal, LeaveRefusal> extends StatusDeps<By> {
  readonly db: Db
  readonly memberships: Memberships<By, A, AddRefusal, LeaveRefusal>
  readonly tell: TellOfProgram
}

/** What else belongs to a change, and may refuse it. */
type First<A, E> = (tx: OrgTx, authority: A) => Promise<Result<unknown, E>>
const nothing = async () => ok(undefined)

export function createServiceAccounts<By extends Acting, A extends Authority, AddRefusal, LeaveRefusal>(
  deps: ServiceAccountsDeps<By, A, AddRefusal, LeaveRefusal>,
): ServiceAccounts<By, A, AddRefusal, LeaveRefusal> {
  const { db, memberships, tell, record, clock } = deps
  const write = changingStatus(deps)

  /** Under the lock of the organisation, and of all where it works if it is to leave them. */
  const judge = async (tx: OrgTx, asked: Asked<A>, { organisation, id }: AccountPlace, to: ServiceAccountStatus) => {
    await (to === 'removed'
      ? memberships.holdAll(tx, { organisation, account: id })
      : memberships.hold(tx, organisation))
    const authority = await answerIn(tx, asked)
    if (!authority.allows('service-accounts.manage')) return fail('forbidden' as const)
    const account = await lockAccount(tx, organisation, id)
    if (!account) return fail('not-found' as const)
    const mayActOn = await memberships.mayActOn(tx, authority, { organisation, account: id })
    return mayActOn ? ok({ account, authority }) : fail('beyond-authority' as const)
  }

  const change = <E>(by: By, asked: Asked<A>, of: AccountPlace, to: ServiceAccountStatus, first: First<A, E>) =>
    attempt(db, async (tx): Promise<Result<ServiceAccount, ChangeRefusal | E>> => {
      const scoped = await enterOrganisation(tx, of.organisation)
      const judged = await judge(scoped, asked, of, to)
      if (!judged.ok) return judged
      const { account: before, authority } = judged.value
      if (before.status === to) return fail('already')
      const done = await first(scoped, authority)
      if (!done.ok) return done
      await write(scoped, by, before, to)
      return ok({ ...before, status: to === 'active' ? 'active' : 'disabled' })
    })

  return {
    create: (by, asked, { organisation, name, description = '', roles }) =>
      attempt(db, async (tx) => {
        const scoped = await enterOrganisation(tx, organisation)
        await memberships.hold(scoped, organisation)
        const authority = await answerIn(scoped, asked)
        if (!authority.allows('service-accounts.manage')) return fail('forbidden' as const)
        if (!isName(name)) return fail('name-invalid' as const)
        if (!isDescription(description)) return fail('description-invalid' as const)
        const id = serviceAccountId.generate()
        const account = { id, organisation, name, description, status: 'active', createdAt: clock.now() } as const
        await insertAccount(scoped, account)
        await record(
          tx,
          { ...by, organisation },
          {
            action: 'service_account.created',
            target: id,
            after: { public: { name, description } },
          },
        )
        const added = await memberships.add(scoped, by, authority, { organisation, account: id, roles })
        if (!added.ok) return added
        await tell(scoped, account, roles)
        return ok(account)
      }),
    list: ({ organisation, after, limit }) =>
      inOrganisation(db, organisation, (tx) => listAccounts(tx, organisation, after, limit)),
    find: (id) => inTransaction(db, (tx) => findItself(tx, id)),
    disable: (by, asked, of) => change(by, asked, of, 'disabled', nothing),
    enable: (by, asked, of) => change(by, asked, of, 'active', nothing),
    remove: (by, asked, of) =>
      change(by, asked, of, 'removed', (tx, authority) =>
        memberships.leave(tx, by, authority, { organisation: of.organisation, account: of.id }),
      ),
  }
}
