import type { LimitVerdict } from '../../http/limits/quota.ts'
import type { KeyKind, Rules } from './rule.ts'
import type { Limits } from './service.ts'

/** Requests a minute: their own numbers, where they have one. */
export interface OwnQuota {
  readonly organisation?: number
  readonly key?: number
}

interface Counted {
  readonly organisation: string
  readonly key?: string
  readonly quota: OwnQuota
}

export interface Quotas {
  /** One request more of the organisation, and of the key where one was shown; refused by one, it counts for none. */
  take(of: Counted): Promise<LimitVerdict>
  /** What a token says, for services that count by themselves: requests a minute. Absent where nobody set a limit. */
  carried(quota: OwnQuota, by: 'key' | 'organisation'): { readonly organisation?: number; readonly key?: number }
}

const MINUTE_MS = 60_000

export function createQuotas({ limits, rules }: { readonly limits: Limits; readonly rules: Rules }): Quotas {
  const ruleOf = (kind: KeyKind) => rules.quota.find((limit) => limit.kind === kind)
  const aMinute = (kind: KeyKind, own: number | undefined): number | undefined => {
    const rule = ruleOf(kind)
    return rule && (own ?? Math.max(1, Math.floor((rule.count * MINUTE_MS) / rule.window)))
  }
  /** A number of one's own is by the minute; the instance's may be for another time. */
  const ownCount = (kind: KeyKind, own: number | undefined): number | undefined => {
    const rule = ruleOf(kind)
    return rule && own !== undefined ? Math.max(1, Math.floor((own * rule.window) / MINUTE_MS)) : undefined
  }
  return {
    take: ({ organisation, key, quota }) => {
      const [ofOrganisation, ofKey] = [ownCount('organisation', quota.organisation), ownCount('apiKey', quota.key)]
      return limits.take(
        'quota',
        { organisation, ...(key !== undefined && { apiKey: key }) },
        {
          ...(ofOrganisation !== undefined && { organisation: ofOrganisation }),
          ...(ofKey !== undefined && { apiKey: ofKey }),
        },
      )
    },
    carried: (quota, by) => {
      const organisation = aMinute('organisation', quota.organisation)
      const key = by === 'key' ? aMinute('apiKey', quota.key) : undefined
      return { ...(organisation !== undefined && { organisation }), ...(key !== undefined && { key }) }
    },
  }
}
