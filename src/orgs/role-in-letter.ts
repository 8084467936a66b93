import type { Role } from './ports.ts'

/** By what it is called in the language of whoever reads, where it comes with the house. */
export interface RoleInLetter {
  readonly key: string
  readonly name: string
  readonly template?: string
}

export const rolesInLetter = (roles: readonly Pick<Role, 'key' | 'name' | 'template'>[]): RoleInLetter[] =>
  roles.map(({ key, name, template }) => ({ key, name, ...(template !== undefined && { template }) }))
