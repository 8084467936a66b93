import type { Memory } from '../db/memory.ts'
import type { OrgTx } from '../db/transaction.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { type Authority, authorityOf } from './authority.ts'
import type { Seat } from './ports.ts'
import type { Role, RoleId } from './role.ts'
import { listOwnRoles, ownRolesToGive, rolesById, templateHere, templateRoles } from './store.ts'

/** For tokens and for judging: mostly without asking the database. */
export interface ReadRoles {
  /**
   * Those that there are, in the order of `ids`. The ids come from a row that was read in the scope of the organisation,
   * and the database lets no such row name a role of another one: so what is remembered here by id alone reaches only
   * organisations that may have it. A scope that is yet to be opened is opened where not all are remembered. Not for a transaction that has changed a role: nothing told others of that yet.
   */
  rolesFor(scope: OrgTx | (() => Promise<OrgTx>), ids: readonly RoleId[]): Promise<Role[]>
  /**
   * To give them: the organisation's own and those of its template, by key, each once. Own ones cannot be removed before
   * this transaction ends.
   */
  rolesNamed(
    tx: OrgTx,
    template: string,
    keys: readonly string[],
  ): Promise<Result<Role[], { readonly unknown: string[] }>>
  /** Whoever is suspended, or whose organisation is, has none. */
  authorityIn(tx: OrgTx, seat: Seat): Promise<Authority>
  /** Those that come with a template; none where nobody has made them. */
  rolesOfTemplate(tx: OrgTx, template: string): Promise<Role[]>
  /** All that can be given in the organisation of this transaction: its template's first. None where it is deleted. */
  rolesHere(tx: OrgTx): Promise<Role[]>
}

export function readRoles(memory: Memory<Role>): ReadRoles {
  const rolesFor: ReadRoles['rolesFor'] = async (scope, ids) => {
    const known = new Map(ids.map((id) => [id, memory.get(id)]))
    const missing = [...known].filter(([, role]) => role === undefined).map(([id]) => id)
    if (missing.length > 0) {
      const tx = typeof scope === 'function' ? await scope() : scope
      const keep = memory.reading()
      for (const role of await rolesById(tx, missing)) {
        keep(role.id, role)
        known.set(role.id, role)
      }
    }
    return [...known.values()].filter((role) => role !== undefined)
  }
  return {
    rolesFor,
    rolesNamed: async (tx, template, keys) => {
      const wanted = [...new Set(keys)]
      const builtIn = (await templateRoles(tx, template)).filter(({ key }) => wanted.includes(key))
      const rest = wanted.filter((key) => !builtIn.some((role) => role.key === key))
      const own = rest.length > 0 ? await ownRolesToGive(tx, rest) : []
      const unknown = rest.filter((key) => !own.some((role) => role.key === key))
      return unknown.length > 0 ? fail({ unknown }) : ok([...builtIn, ...own])
    },
    authorityIn: async (tx, { organisation, status, roles }) =>
      authorityOf(organisation.status === 'active' && status === 'active' ? await rolesFor(tx, roles) : []),
    rolesOfTemplate: templateRoles,
    rolesHere: async (tx) => {
      const template = await templateHere(tx)
      if (template === undefined) return []
      return [...(await templateRoles(tx, template)), ...(await listOwnRoles(tx))]
    },
  }
}
