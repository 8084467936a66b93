import type { OrgTx } from '../../db/transaction.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { Organisation } from '../org.ts'
import { type Acting, type Role, within } from '../ports.ts'
import { updateTemplate } from '../store.ts'
import type { OrganisationsDeps } from './service.ts'
import { givenOf, moveRole } from './template-store.ts'

export type TemplateRefusal =
  | 'already'
  | 'template-unknown'
  /** Somebody has them, is invited to them, or may give them, and the template has none of that key. */
  | { readonly reason: 'roles-missing'; readonly keys: readonly string[] }
  /** Roles of the organisation's own have keys that the template brings. */
  | { readonly reason: 'keys-taken'; readonly keys: readonly string[] }

/** `*` stands for all that an organisation makes itself. */
const OWN_ROLES = '*'

/**
 * Roles go by their keys: whoever was a member is one, and may do what a member of the other template may. Whoever had a
 * role that the organisation must keep has the one that it must keep there. What has no counterpart is refused rather than
 * lost: nobody finds out by being turned away at work. In the transaction that holds the organisation, as the owner of the tables:
 * it is not for an organisation to say what its roles may do at everybody's APIs.
 */
export const changingTemplateIn =
  <By extends Acting>({ roles, record, revoked }: Pick<OrganisationsDeps<By>, 'roles' | 'record' | 'revoked'>) =>
  async (tx: OrgTx, by: By, before: Organisation, template: string): Promise<Result<Organisation, TemplateRefusal>> => {
    const { id } = before
    if (before.template === template) return fail('already')
    const wanted = await roles.rolesOfTemplate(tx, template)
    if (wanted.length === 0) return fail('template-unknown')
    const here = await roles.rolesHere(tx)
    const own = here.filter((role) => role.template === undefined)
    const taken = own.filter((role) => counterpart(wanted, role.key))
    if (taken.length > 0) return fail({ reason: 'keys-taken', keys: keysOf(taken) })

    const builtIn = here.filter((role) => role.template !== undefined)
    const given = await givenOf(
      tx,
      id,
      builtIn.map((role) => role.id),
    )
    const held = builtIn.filter((role) => given.includes(role.id))
    const mayBeGiven = own.flatMap(({ mayAssign }) => mayAssign).filter((key) => key !== OWN_ROLES)
    const moves = held.map((role) => ({ role, to: counterpartsOf(role, wanted) }))
    const lost = moves.filter(({ to }) => to.length === 0).map(({ role }) => role.key)
    const unknown = mayBeGiven.filter((key) => !counterpart([...wanted, ...own], key))
    if (lost.length + unknown.length > 0)
      return fail({ reason: 'roles-missing', keys: [...new Set([...lost, ...unknown])].sort() })

    for (const { role, to } of moves)
      await moveRole(
        tx,
        id,
        role.id,
        to.map((other) => other.id),
      )
    await updateTemplate(tx, id, template)
    await record(tx, within(by, id), {
      action: 'organisation.updated',
      target: id,
      before: { public: { template: before.template } },
      after: { public: { template } },
    })
    await revoked(tx, { organisation: id, reason: 'template-changed' })
    return ok({ ...before, template })
  }

function counterpartsOf(role: Role, wanted: readonly Role[]): readonly Role[] {
  const same = counterpart(wanted, role.key)
  const kept = wanted.filter((other) => other.kept)
  if (role.kept && !same?.kept && kept.length > 0) return kept
  return same ? [same] : []
}

const counterpart = (roles: readonly Role[], key: string) => roles.find((role) => role.key === key)
const keysOf = (roles: readonly Role[]) => roles.map(({ key }) => key).sort()
