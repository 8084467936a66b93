import { type Asked, answerIn } from '../../db/asked.ts'
import { attempt } from '../../db/attempt.ts'
import { enterOrganisation, inOrganisation, type OrgTx } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Id } from '../../lib/ids.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { Authority } from '../authority.ts'
import { covers } from '../can.ts'
import type { Announce, Apis, RecordRoleEvent, RoleEvent } from '../ports.ts'
import type { ReadRoles } from '../read.ts'
import { type Role, roleDemands, roleId } from '../role.ts'
import {
  holdTemplateHere,
  insertOwnRole,
  isGiven,
  listOwnRoles,
  lockOwnRole,
  markRemoved,
  ownRolesThatGive,
  shareTemplates,
  someHolders,
  templateRoles,
  updateOwnRole,
} from '../store.ts'
import { changedContent, type DraftFault, draftContent, faultOf, type RoleChange, type RoleDraft } from './draft.ts'

type OrgId = Id<'org'>

/** `forbidden`: whoever asks has no `roles.manage`. `beyond-own`: the role is or would be more than they have themselves. */
type Forbidden = { readonly reason: 'forbidden' | 'beyond-own' | 'organisation-unknown' }
type NotOwn = { readonly reason: 'not-found' | 'built-in' }
export type CreateRoleFault = Forbidden | DraftFault | { readonly reason: 'key-taken' | 'too-many' }
export type ChangeRoleFault =
  | Forbidden
  | NotOwn
  | DraftFault
  /** Who asks has the role themselves, or others have it, or were invited to it, whom they could not have given it to. */
  | { readonly reason: 'widens-own' | 'widens-held' }
export type RemoveRoleFault =
  | Forbidden
  | NotOwn
  /** Some of those who have it. */
  | { readonly reason: 'held'; readonly by: readonly string[] }

/** What an organisation makes of its own, never more than its maker may do and give. */
export interface OwnRoles<By> {
  /** All that can be given there: those of its template first. */
  list(organisation: OrgId): Promise<Role[]>
  create(
    by: By,
    authority: Asked<Authority>,
    organisation: OrgId,
    draft: RoleDraft,
  ): Promise<Result<Role, CreateRoleFault>>
  update(
    by: By,
    authority: Asked<Authority>,
    organisation: OrgId,
    key: string,
    change: RoleChange,
  ): Promise<Result<Role, ChangeRoleFault>>
  /** Nobody may have it any more. */
  remove(by: By, authority: Asked<Authority>, organisation: OrgId, key: string): Promise<Result<Role, RemoveRoleFault>>
}

interface OwnRolesDeps<By> {
  readonly db: Db
  readonly read: ReadRoles
  readonly apis: Pick<Apis<By>, 'list'>
  readonly record: RecordRoleEvent<By>
  readonly announce: Announce
  readonly clock: Clock
}

/** So that every list of them is a page. */
const MOST = 200
const HOLDERS_NAMED = 3

export function createOwnRoles<By>({ db, read, apis, record, announce, clock }: OwnRolesDeps<By>): OwnRoles<By> {
  const here = <R extends Result<unknown, unknown>>(organisation: OrgId, work: (tx: OrgTx) => Promise<R>): Promise<R> =>
    attempt(db, async (tx) => work(await enterOrganisation(tx, organisation)))

  return {
    list: (organisation) => inOrganisation(db, organisation, read.rolesHere),

    create: async (by, asked, organisation, draft) => {
      // Before the transaction: it would wait for a second connection.
      const known = await apis.list()
      return here(organisation, async (tx) => {
        await shareTemplates(tx)
        const template = await holdTemplateHere(tx)
        const authority = await answerIn(tx, asked)
        if (!authority.allows('roles.manage')) return fail({ reason: 'forbidden' as const })
        if (template === undefined) return fail({ reason: 'organisation-unknown' as const })
        const [builtIn, own] = [await templateRoles(tx, template), await listOwnRoles(tx)]
        const content = draftContent(draft)
        const fault = faultOf(content, { apis: known, roles: [...builtIn, ...own].map(({ key }) => key) })
        if (fault) return fail(fault)
        if (!authority.mayMake(content)) return fail({ reason: 'beyond-own' as const })
        if (builtIn.some(({ key }) => key === content.key)) return fail({ reason: 'key-taken' as const })
        if (own.length >= MOST) return fail({ reason: 'too-many' as const })
        const id = roleId.generate()
        const { apiOnly = false } = draft
        const role: Role = { ...content, id, organisation, template: undefined, kept: false, apiOnly }
        if (!(await insertOwnRole(tx, role, clock.now()))) return fail({ reason: 'key-taken' as const })
        await record(tx, by, { action: 'role.created', target: id, organisation, after: factsOf(role) })
        return ok(role)
      })
    },

    update: async (by, asked, organisation, key, change) => {
      const known = await apis.list()
      return here(organisation, async (tx) => {
        const template = await holdTemplateHere(tx)
        const authority = await answerIn(tx, asked)
        const found = await ownRole(tx, authority, template, key)
        if (!found.ok) return found
        const before = found.value
        const after: Role = { ...before, ...changedContent(before, change) }
        const roles = (await read.rolesHere(tx)).map((role) => role.key)
        const fault = faultOf(after, { apis: known, roles })
        if (fault) return fail(fault)
        if (!authority.mayMake(after)) return fail({ reason: 'beyond-own' as const })
        if (widens(before, after)) {
          // It would be left to them when what they have it from is taken away.
          if (authority.bears(before)) return fail({ reason: 'widens-own' as const })
          if (!authority.mayGive([after]) && (await isGiven(tx, before.id)))
            return fail({ reason: 'widens-held' as const })
        }
        const [was, is] = [factsOf(before), factsOf(after)]
        if (JSON.stringify(was) === JSON.stringify(is)) return ok(before)
        await updateOwnRole(tx, after)
        await record(tx, by, { action: 'role.updated', target: after.id, organisation, before: was, after: is })
        // What was added waits for the next token; what was taken away must not.
        if (!covers(after.permissions, before.permissions) || strictness(after) > strictness(before))
          await announce(tx, { organisation, reason: 'role-changed' })
        return ok(after)
      })
    },

    remove: (by, asked, organisation, key) =>
      here(organisation, async (tx) => {
        const template = await holdTemplateHere(tx)
        const authority = await answerIn(tx, asked)
        const found = await ownRole(tx, authority, template, key)
        if (!found.ok) return found
        const role = found.value
        const holders = await someHolders(tx, role.id, HOLDERS_NAMED)
        if (holders.length > 0) return fail({ reason: 'held' as const, by: holders })
        // A later role under the same key must not be given by whoever could give this one.
        for (const giver of await ownRolesThatGive(tx, key)) {
          const mayAssign = giver.mayAssign.filter((other) => other !== key)
          const after = { ...giver, mayAssign }
          if (giver.id === role.id) continue
          await updateOwnRole(tx, after)
          const facts = { before: factsOf(giver), after: factsOf(after) }
          await record(tx, by, { action: 'role.updated', target: giver.id, organisation, ...facts })
        }
        await markRemoved(tx, role.id, clock.now())
        await record(tx, by, { action: 'role.removed', target: role.id, organisation, before: factsOf(role) })
        return ok(role)
      }),
  }
}

/** What is added to a role is given to all who have it; so is what is asked of them no more. */
const widens = (before: Role, after: Role): boolean =>
  !covers(before.permissions, after.permissions) ||
  after.mayAssign.some((key) => !before.mayAssign.includes(key)) ||
  strictness(after) < strictness(before)

const strictness = ({ mfa }: Role): number => (mfa === null ? -1 : roleDemands.indexOf(mfa))

/** To change it: whoever does so may do all that it allows already. */
async function ownRole(
  tx: OrgTx,
  authority: Authority,
  template: string | undefined,
  key: string,
): Promise<Result<Role, Forbidden | NotOwn>> {
  if (!authority.allows('roles.manage')) return fail({ reason: 'forbidden' })
  if (template === undefined) return fail({ reason: 'organisation-unknown' })
  const role = await lockOwnRole(tx, key)
  if (!role) {
    const builtIn = (await templateRoles(tx, template)).some((other) => other.key === key)
    return fail({ reason: builtIn ? 'built-in' : 'not-found' })
  }
  return authority.mayMake(role) ? ok(role) : fail({ reason: 'beyond-own' })
}

export const factsOf = (role: Role): NonNullable<RoleEvent['after']> => ({
  key: role.key,
  name: role.name,
  description: role.description,
  permissions: role.permissions,
  mayAssign: role.mayAssign,
  kept: role.kept,
  apiOnly: role.apiOnly,
  ...(role.mfa && { mfa: role.mfa }),
})
