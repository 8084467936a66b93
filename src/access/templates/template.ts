import { z } from 'zod'
import { OWN_ROLES } from '../ceiling.ts'
import { type OwnPermission, ownPermissions } from '../permission.ts'
import { isRoleKey, type RoleDemand, roleDemands } from '../role.ts'

const key = z.string().refine(isRoleKey)
/** RFC 6749 §3.3: a permission is a scope of its API. */
const permission = z.string().regex(/^[!#-[\]-~]{1,100}$/)
const own = z.custom<OwnPermission>((value) => typeof value === 'string' && Object.hasOwn(ownPermissions, value))

const role = z.strictObject({
  key,
  name: z.string().min(1).max(100),
  description: z.string().min(1).max(500),
  /** Of the product's API. */
  permissions: z.array(permission).readonly(),
  /** What its bearers may do here. */
  own: z.array(own).readonly(),
  mayAssign: z.array(z.union([key, z.literal(OWN_ROLES)])).readonly(),
  kept: z.boolean().default(false),
  apiOnly: z.boolean().default(false),
  /** Of whoever has it, in every organisation of the product. */
  mfa: z.enum(roleDemands).nullable().default(null),
})

/** One shape for every product, whoever writes it. */
export const templateShape = z
  .strictObject({
    key,
    name: z.string().min(1).max(100),
    /** The product's API: what each of its permissions is for. */
    api: z
      .strictObject({ name: z.string().min(1).max(200), permissions: z.record(permission, z.string().min(1)) })
      .optional(),
    /** From the one with the widest reach. */
    roles: z.array(role).min(1).readonly(),
  })
  .superRefine(({ api, roles }, { addIssue }) => {
    const keys = roles.map((one) => one.key)
    if (new Set(keys).size < keys.length) addIssue('two roles have the same key')
    if (!roles.some(({ kept }) => kept)) addIssue('nobody would have to stay: one role must be kept')
    for (const { key: name, permissions, mayAssign, apiOnly, mfa, own: here } of roles) {
      for (const one of permissions)
        if (!Object.hasOwn(api?.permissions ?? {}, one)) addIssue(`${name}: the API has no ${one}`)
      for (const one of mayAssign)
        if (one !== OWN_ROLES && !keys.includes(one)) addIssue(`${name} gives ${one}, which is no role`)
      if (mayAssign.length > 0 && !here.includes('roles.assign')) addIssue(`${name} gives roles without roles.assign`)
      if (apiOnly && mfa) addIssue(`${name} is for programs, and asks them for a second factor`)
      if (apiOnly && mayAssign.length > 0) addIssue(`${name} is for programs, and gives roles`)
    }
  })

export type Template = z.output<typeof templateShape>
export type TemplateRole = Template['roles'][number]

interface Written<Permission extends string> {
  readonly key: string
  readonly name: string
  readonly api?: { readonly name: string; readonly permissions: Readonly<Record<Permission, string>> }
  readonly roles: readonly {
    readonly key: string
    readonly name: string
    readonly description: string
    readonly permissions: readonly NoInfer<Permission>[]
    readonly own: readonly OwnPermission[]
    readonly mayAssign: readonly string[]
    readonly kept?: true
    readonly apiOnly?: true
    readonly mfa?: RoleDemand
  }[]
}

/** A permission that the API does not have is an error of the compiler; the rest is an error of the first test. */
export const defineTemplate = <const Permission extends string>(template: Written<Permission>): Template =>
  templateShape.parse(template)

/** What somebody sees who only looks, and what each gets who works with others. */
export const readsHere = ['organisation.read', 'members.read', 'roles.read'] as const
export const managesMembers = [
  ...readsHere,
  'members.invite',
  'members.suspend',
  'members.remove',
  'roles.assign',
] as const
export const everythingHere = [
  'organisation.read',
  'organisation.manage',
  'members.read',
  'members.invite',
  'members.suspend',
  'members.remove',
  'roles.read',
  'roles.assign',
  'roles.manage',
  'api-keys.own',
  'api-keys.manage',
  'service-accounts.manage',
  'audit.read',
  'webhooks.manage',
] as const
