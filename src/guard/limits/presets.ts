import { allowanceIn } from '../../config/values/allowance.ts'
import type { Allowance, RuleName } from './rule.ts'

type Texts = Partial<Record<RuleName, Readonly<Record<string, string>>>>
export type Table = Readonly<Record<RuleName, Readonly<Record<string, Allowance>>>>

/**
 * What no product publishes and nobody should be without: nobody is flooded with mail, nobody tries a thousand accounts
 * from one address, and nobody who is signed in hammers their own account. Generous by address: an office shares one.
 */
const common = {
  signIn: { ip: '300/15m' },
  secondFactor: { ip: '60/1m' },
  registration: {},
  recovery: { email: '5/1h' },
  mail: { email: '10/1h' },
  account: { account: '30/1h' },
  clientAuth: { failuresByIp: '30/1m' },
  deviceBegin: { ip: '100/10m' },
  // 34 bits, and as many of them count as devices wait: a thousand wrong ones in ten minutes find one of a hundred in five years.
  userCode: { failuresByIp: '10/10m', failures: '1000/10m' },
  clientRegistration: { ip: '20/1h' },
  api: { ip: '300/1m' },
  quota: { organisation: '1000/1m', apiKey: '300/1m' },
  webhooks: { ip: '30/1m' },
} as const satisfies Texts

/** The published tables, in their own figures. */
const published = {
  monetro: {
    signIn: { email: '10/15m' },
    secondFactor: { account: '10/15m' },
    registration: { ip: '5/1h' },
    recovery: { ip: '5/1h' },
    api: { ip: '300/1m' },
    webhooks: { ip: '30/1m' },
  },
  storno: {
    signIn: { email: '5/1m' },
    // A guesser has days: five a minute would be 75 in a quarter of an hour, and six digits are few.
    secondFactor: { account: '5/1m', accountLong: '10/15m' },
    registration: { ip: '10/1h' },
    recovery: { ip: '3/15m', email: '3/15m' },
  },
  toster: {
    signIn: { email: '10/15m', failuresByIp: '5/15m' },
    secondFactor: { account: '10/15m' },
    registration: { ip: '5/1h' },
    recovery: { ip: '5/1h' },
    api: { organisation: '1000/1m' },
    quota: { organisation: '1000/1m' },
  },
  drop: {
    signIn: { email: '10/15m', ip: '10/1m' },
    secondFactor: { account: '10/15m', ip: '10/1m' },
    registration: { ip: '10/1m' },
    recovery: { ip: '10/1m' },
    clientAuth: { failuresByIp: '10/1m' },
  },
} as const satisfies Record<string, Texts>

export type Preset = keyof typeof published

export function tableOf(preset: Preset): Table {
  const own: Texts = published[preset]
  const line = (rule: RuleName): Record<string, Allowance> =>
    Object.fromEntries(
      Object.entries({ ...common[rule], ...own[rule] }).map(([name, text]) => [name, allowanceIn(text)]),
    )
  return {
    signIn: line('signIn'),
    secondFactor: line('secondFactor'),
    registration: line('registration'),
    recovery: line('recovery'),
    mail: line('mail'),
    account: line('account'),
    clientAuth: line('clientAuth'),
    deviceBegin: line('deviceBegin'),
    userCode: line('userCode'),
    clientRegistration: line('clientRegistration'),
    api: line('api'),
    quota: line('quota'),
    webhooks: line('webhooks'),
  }
}
