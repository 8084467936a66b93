import { defineId, type Id } from '../lib/ids.ts'
import type { Policy } from './policy/policy.ts'
import type { Settings } from './settings.ts'

export const orgId = defineId('org')
export type OrgId = Id<'org'>

/** `deleted` ones stay for the log of events, and are shown to nobody. Only `active` ones get tokens. */
export type OrgStatus = 'active' | 'suspended' | 'deleted'

export interface Organisation {
  readonly id: OrgId
  /** In URLs, in the parameter `organization` and in tokens; it never changes, and never becomes another one's. */
  readonly slug: string
  readonly name: string
  readonly status: OrgStatus
  /** Which built-in roles its members may have. */
  readonly template: string
  readonly policy: Policy
  readonly settings: Settings
  /** Requests a minute of all its members and programs; null is the instance's setting. */
  readonly quota: number | null
  /** How long its part of the log of events is kept; null is the instance's setting. */
  readonly auditRetentionDays: number | null
  readonly createdAt: Date
}

/** Never like an id, so that `organization=` means one thing. */
export const isSlug = (text: string): boolean =>
  /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text) && text.length >= 2 && text.length <= 63
