import type { PermissionSet } from './ports.ts'

export const LEVELS = ['read-only', 'write', 'admin'] as const
/** Ready-made sets, for whoever does not want to name permissions one by one. */
export type Level = (typeof LEVELS)[number]

/** Our own permissions are about people and programs: they are nothing that one happens to need for writing. */
const OWN_API = 'hearthkey'
const reading = ['read', 'view', 'list']
const administering = ['manage', 'delete']

const verbOf = (permission: string): string => permission.split(/[.:/]/).at(-1) ?? ''

const isIn: Readonly<Record<Level, (api: string, permission: string) => boolean>> = {
  'read-only': (_, permission) => reading.includes(verbOf(permission)),
  write: (api, permission) =>
    reading.includes(verbOf(permission)) || (api !== OWN_API && !administering.includes(verbOf(permission))),
  admin: () => true,
}

/** Of what the owner may do at this moment: what they may do later is not on the key. */
export function atLevel(level: Level, ceiling: PermissionSet): PermissionSet {
  const sets = Object.entries(ceiling).map(([api, names]): [string, string[]] => [
    api,
    names.filter((name) => isIn[level](api, name)),
  ])
  return Object.fromEntries(sets.filter(([, names]) => names.length > 0))
}
