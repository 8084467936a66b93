import { type InstanceTx, inInstance } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { covers } from '../can.ts'
import { factsOf } from '../own-roles/service.ts'
import { inOrder, OWN_API } from '../permission.ts'
import type { Announce, Api, ApiFault, Apis, RecordRoleEvent } from '../ports.ts'
import { type Role, roleId } from '../role.ts'
import {
  insertTemplateRole,
  lockTemplates,
  organisationsWithKeys,
  organisationsWithTemplate,
  templateRoles,
  updateTemplateRole,
} from '../store.ts'
import { DEFAULT_TEMPLATE, templateNamed } from './all.ts'
import type { Template, TemplateRole } from './template.ts'

export interface Applied {
  readonly api: Api | undefined
  readonly created: readonly Role[]
  readonly updated: readonly Role[]
  readonly unchanged: readonly Role[]
  readonly skipped: readonly Skipped[]
}

/** New in the template, and not made: this organisation, for one, has a role of its own under the key. */
export interface Skipped {
  readonly key: string
  readonly slug: string
}

export interface ApplyFault {
  readonly reason: 'template-unknown' | 'template-without-api' | ApiFault
}

export interface ApplyTemplates<By> {
  /**
   * Makes the template's roles, or brings them to what this release says. With an audience they get their permissions at
   * that API, which is made, or given the scopes that it lacks. Again, it changes nothing.
   */
  apply(by: By, template: string, audience?: string): Promise<Result<Applied, ApplyFault>>
  /** For every start: there is a template that organisations can use. */
  ensureDefault(by: By): Promise<readonly Skipped[]>
}

interface ApplyDeps<By> {
  readonly owner: Db
  readonly apis: Pick<Apis<By>, 'provide'>
  readonly record: RecordRoleEvent<By>
  readonly announce: Announce
  readonly clock: Clock
}

export function applyTemplates<By>({ owner, apis, record, announce, clock }: ApplyDeps<By>): ApplyTemplates<By> {
  /** One transaction, after that of the API: should it fail, the API has scopes that no role gives yet. */
  const makeRoles = (by: By, template: Template, api: Api | undefined): Promise<Result<Applied, ApplyFault>> =>
    inInstance(owner, async (tx) => {
      await lockTemplates(tx)
      const existing = await templateRoles(tx, template.key)
      const isNew = (one: TemplateRole) => !existing.some(({ key }) => key === one.key)
      const keys = template.roles.filter(isNew).map(({ key }) => key)
      // No organisation keeps the rest, and what a release takes away, from all of them.
      const skipped = keys.length > 0 ? await organisationsWithKeys(tx, template.key, keys) : []
      const isSkipped = (key: string) => skipped.some((one) => one.key === key)
      const [created, updated, unchanged]: [Role[], Role[], Role[]] = [[], [], []]
      for (const said of template.roles.filter(({ key }) => !isSkipped(key))) {
        // Whoever may give it by its key would give what the organisation has made of it, whatever that is.
        const wanted = { ...said, mayAssign: said.mayAssign.filter((key) => !isSkipped(key)) }
        const before = existing.find(({ key }) => key === wanted.key)
        const role = roleOf(template, wanted, before, api)
        const after = factsOf(role)
        if (!before) {
          created.push(role)
          await insertTemplateRole(tx, role, clock.now())
          await record(tx, by, { action: 'role.created', target: role.id, organisation: undefined, after })
        } else if (JSON.stringify(factsOf(before)) === JSON.stringify(after)) unchanged.push(role)
        else {
          updated.push(role)
          await updateTemplateRole(tx, role)
          const change = { before: factsOf(before), after }
          await record(tx, by, { action: 'role.updated', target: role.id, organisation: undefined, ...change })
        }
      }
      if (updated.some((role) => takesAway(existing, role))) await announceAll(tx, template.key, announce)
      return ok({ api, created, updated, unchanged, skipped })
    })

  const apply = async (by: By, key: string, audience?: string): Promise<Result<Applied, ApplyFault>> => {
    const template = templateNamed(key)
    if (!template) return fail({ reason: 'template-unknown' })
    if (audience === undefined) return makeRoles(by, template, undefined)
    if (!template.api) return fail({ reason: 'template-without-api' })
    const { name, permissions } = template.api
    const api = await apis.provide(by, { audience, name, scopes: Object.keys(permissions) })
    return api.ok ? makeRoles(by, template, api.value) : fail({ reason: api.error })
  }

  return {
    apply,
    ensureDefault: async (by) => {
      const done = await apply(by, DEFAULT_TEMPLATE)
      if (!done.ok) throw new Error(`the default template cannot be applied: ${done.error.reason}`)
      return done.value.skipped
    },
  }
}

/** What it may do at other APIs stays: one template may serve the API of a trial and that of the real thing. */
const roleOf = (template: Template, wanted: TemplateRole, before: Role | undefined, api: Api | undefined): Role => ({
  id: before?.id ?? roleId.generate(),
  organisation: undefined,
  template: template.key,
  key: wanted.key,
  name: wanted.name,
  description: wanted.description,
  permissions: inOrder({
    ...before?.permissions,
    ...(api && { [api.id]: wanted.permissions }),
    [OWN_API]: wanted.own,
  }),
  mayAssign: wanted.mayAssign,
  kept: wanted.kept,
  apiOnly: wanted.apiOnly,
  mfa: wanted.mfa,
})

function takesAway(existing: readonly Role[], role: Role): boolean {
  const before = existing.find(({ id }) => id === role.id)
  if (before === undefined) return false
  return !covers(role.permissions, before.permissions) || (role.mfa !== null && role.mfa !== before.mfa)
}

async function announceAll(tx: InstanceTx, template: string, announce: Announce): Promise<void> {
  for (const organisation of await organisationsWithTemplate(tx, template))
    await announce(tx, { organisation, reason: 'role-changed' })
}
