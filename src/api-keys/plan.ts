import { faultOfRange } from '../config/values/address-range.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { isName } from './key.ts'
import { atLevel, type Level } from './levels.ts'
import type { PermissionSet } from './ports.ts'

/** The section `apiKeys` of the configuration; milliseconds. */
export interface KeySettings {
  readonly lifetime: number
  readonly longestLifetime: number
  readonly endless: 'refused' | 'allowed'
  readonly overlap: number
  readonly perOwner: number
  readonly warnBefore: number
}

export interface Wish {
  readonly name: string
  /** One by one, or a ready-made set. */
  readonly permissions: PermissionSet | Level
  /** Milliseconds; `never` only where the configuration allows it. */
  readonly lifetime?: number | 'never' | undefined
  readonly ipRanges?: readonly string[] | undefined
  readonly quota?: number | undefined
}

export type PlanFault =
  | { readonly reason: 'name-invalid' | 'no-permission' | 'quota-invalid' }
  | { readonly reason: 'beyond-owner'; readonly permissions: PermissionSet }
  | { readonly reason: 'lifetime-invalid'; readonly longest: number }
  | { readonly reason: 'range-invalid'; readonly range: string }

export interface Planned {
  readonly name: string
  readonly permissions: PermissionSet
  readonly expiresAt: Date | null
  readonly ipRanges: readonly string[]
  readonly quota: number | null
}

interface PlanDeps {
  readonly settings: KeySettings
  readonly within: (asked: PermissionSet, ceiling: PermissionSet) => PermissionSet
  readonly now: Date
}

export function planKey(wish: Wish, ceiling: PermissionSet, deps: PlanDeps): Result<Planned, PlanFault> {
  if (!isName(wish.name)) return fail({ reason: 'name-invalid' })
  const range = wish.ipRanges?.find((one) => faultOfRange(one))
  if (range !== undefined) return fail({ reason: 'range-invalid', range })
  const { quota = null } = wish
  if (quota !== null && !(Number.isInteger(quota) && quota > 0 && quota <= MOST_A_MINUTE))
    return fail({ reason: 'quota-invalid' })
  const expires = expiryOf(wish.lifetime, deps)
  if (!expires.ok) return expires
  const permissions = permissionsOf(wish.permissions, ceiling, deps)
  if (!permissions.ok) return permissions
  return ok({
    name: wish.name,
    permissions: permissions.value,
    expiresAt: expires.value,
    ipRanges: wish.ipRanges ?? [],
    quota,
  })
}

const MOST_A_MINUTE = 1_000_000

export function expiryOf(
  lifetime: Wish['lifetime'],
  { settings, now }: Pick<PlanDeps, 'settings' | 'now'>,
): Result<Date | null, PlanFault> {
  const { lifetime: usual, longestLifetime: longest, endless } = settings
  if (lifetime === 'never') return endless === 'allowed' ? ok(null) : fail({ reason: 'lifetime-invalid', longest })
  const wanted = lifetime ?? Math.min(usual, longest)
  if (!(wanted > 0 && wanted <= longest)) return fail({ reason: 'lifetime-invalid', longest })
  return ok(new Date(now.getTime() + wanted))
}

/** What goes beyond the owner is refused and not cut: whoever asks for it would believe that they have it. */
function permissionsOf(
  asked: PermissionSet | Level,
  ceiling: PermissionSet,
  { within }: PlanDeps,
): Result<PermissionSet, PlanFault> {
  const wanted = typeof asked === 'string' ? atLevel(asked, ceiling) : tidy(asked)
  const had = within(wanted, ceiling)
  const beyond = Object.entries(wanted).map(([api, names]): [string, string[]] => [
    api,
    names.filter((name) => !had[api]?.includes(name)),
  ])
  const missing = beyond.filter(([, names]) => names.length > 0)
  if (missing.length > 0) return fail({ reason: 'beyond-owner', permissions: Object.fromEntries(missing) })
  return Object.keys(wanted).length > 0 ? ok(wanted) : fail({ reason: 'no-permission' })
}

const tidy = (set: PermissionSet): PermissionSet =>
  Object.fromEntries(
    Object.entries(set)
      .map(([api, names]): [string, string[]] => [api, [...new Set(names)].sort()])
      .filter(([, names]) => names.length > 0),
  )
