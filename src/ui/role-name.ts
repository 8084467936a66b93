import { en as known } from './messages/areas/roles.ts'
import type { Translate } from './messages/translator.ts'

export interface NamedRole {
  readonly key: string
  readonly name: string
  /** One that comes with the house; an organisation's own is called what the organisation calls it. */
  readonly template?: string | undefined
}

const isKnown = (key: string): key is keyof typeof known => Object.hasOwn(known, key)

export function roleName(t: Translate, { key, name, template }: NamedRole): string {
  const text = `role.${key}`
  return template !== undefined && isKnown(text) ? t(text) : name
}

export const roleNames = (t: Translate, roles: readonly NamedRole[]): string =>
  roles.map((role) => roleName(t, role)).join(', ')
