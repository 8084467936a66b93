import { type Preset, type Table, tableOf } from './presets.ts'
import type { Allowance, KeyKind, Limit, RuleName, Rules } from './rule.ts'

type Chosen = Readonly<Record<string, Allowance | 'off' | undefined>>

/** The section `limits` of the configuration. */
export type LimitSettings = { readonly preset: Preset } & Readonly<Record<RuleName, Chosen>>

const kinds: Readonly<Record<string, Pick<Limit, 'kind' | 'counts'>>> = {
  email: { kind: 'email', counts: 'all' },
  account: { kind: 'account', counts: 'all' },
  accountLong: { kind: 'account', counts: 'all' },
  ip: { kind: 'ip', counts: 'all' },
  organisation: { kind: 'organisation', counts: 'all' },
  apiKey: { kind: 'apiKey', counts: 'all' },
  failuresByIp: { kind: 'ip', counts: 'failures' },
  failures: { kind: 'everybody', counts: 'failures' },
} satisfies Record<
  Exclude<KeyKind, 'everybody'> | 'accountLong' | 'failuresByIp' | 'failures',
  Pick<Limit, 'kind' | 'counts'>
>

/** The preset's table, line by line replaced by what the operator chose. */
export function rulesOf(settings: LimitSettings): Rules {
  const table: Table = tableOf(settings.preset)
  const limitsOf = (rule: RuleName): Limit[] =>
    Object.entries(kinds).flatMap(([name, kind]) => {
      const allowance = settings[rule][name] ?? table[rule][name]
      if (allowance === undefined || allowance === 'off') return []
      return [{ name: `${rule}.${name}`, ...kind, count: allowance.count, window: allowance.window }]
    })
  return {
    signIn: limitsOf('signIn'),
    secondFactor: limitsOf('secondFactor'),
    registration: limitsOf('registration'),
    recovery: limitsOf('recovery'),
    mail: limitsOf('mail'),
    account: limitsOf('account'),
    clientAuth: limitsOf('clientAuth'),
    deviceBegin: limitsOf('deviceBegin'),
    userCode: limitsOf('userCode'),
    clientRegistration: limitsOf('clientRegistration'),
    api: limitsOf('api'),
    quota: limitsOf('quota'),
    webhooks: limitsOf('webhooks'),
  }
}
