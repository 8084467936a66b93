import { can } from './can.ts'
import { type Given, mayAssign } from './ceiling.ts'
import { OWN_API, ownPermissions } from './permission.ts'

/** An API as a section of the matrix, with what each of its permissions is for, where somebody wrote it down. */
export interface MatrixApi {
  readonly id: string
  readonly title: string
  readonly permissions: Readonly<Record<string, string>>
}

export interface MatrixRow {
  readonly permission: string
  readonly about: string
  /** Keys of the roles that allow it. */
  readonly roles: readonly string[]
}

export interface Matrix {
  readonly roles: readonly string[]
  readonly sections: readonly { readonly api: string; readonly rows: readonly MatrixRow[] }[]
  /** Which role may be given and taken by whom. */
  readonly givenBy: readonly { readonly role: string; readonly roles: readonly string[] }[]
}

export const ownSection: MatrixApi = { id: OWN_API, title: OWN_API, permissions: ownPermissions }

/** Roles against permissions, answered by the same functions that judge a request. */
export const matrixOf = (roles: readonly Given[], apis: readonly MatrixApi[]): Matrix => {
  const keysOf = (allowed: (role: Given) => boolean) => roles.filter(allowed).map(({ key }) => key)
  return {
    roles: roles.map(({ key }) => key),
    sections: apis.map(({ id, title, permissions }) => ({
      api: title,
      rows: Object.entries(permissions).map(([permission, about]) => ({
        permission,
        about,
        roles: keysOf((role) => can([role], permission, id)),
      })),
    })),
    givenBy: roles.map((given) => ({ role: given.key, roles: keysOf((giver) => mayAssign([giver], given)) })),
  }
}
