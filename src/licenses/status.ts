import type { Translate } from '../ui/messages/translator.ts'
import { type Held, lacksList } from './held.ts'
import { counts, type Standing } from './license/standing.ts'
import { verify } from './license/verify.ts'
import { english, sentenceOf } from './license/words.ts'
import { type Moment, momentOf } from './time.ts'

export interface LicenseSettings {
  readonly product: string
  readonly instance: string
  readonly required: boolean
  /** Milliseconds. */
  readonly warnBefore: number
}

/** How it stands here at this moment. */
export interface Status {
  /** Undefined where none is installed. */
  readonly standing: Standing | undefined
  readonly required: boolean
  readonly setBack: Moment['setBack']
  readonly installedAt: Date | undefined
  /** Of each vendor that has handed one out. */
  readonly revocations: readonly { readonly issuer: string; readonly signedAt: Date; readonly count: number }[]
  readonly keys: Held['pinned']
}

export function statusOf(
  held: Held,
  { product, instance, required, warnBefore }: LicenseSettings,
  clock: Date,
): Status {
  const { rows, pinned, text, lists, seen, damaged } = held
  const { now, setBack } = momentOf(clock, seen)
  const { keys } = pinned
  const standing = (): Standing | undefined => {
    if (!rows.license) return undefined
    if (damaged || text === undefined) return { state: 'unreadable', reason: 'tampered' }
    const found = verify(text, { keys, product, instance, now, revoked: lists, warnBefore })
    return 'license' in found && lacksList(held, found.license.iss)
      ? { state: 'unreadable', reason: 'tampered' }
      : found
  }
  return {
    standing: standing(),
    required,
    setBack,
    installedAt: rows.license?.installedAt,
    revocations: lists.map(({ iss, iat, ids }) => ({
      issuer: iss,
      signedAt: new Date(iat * 1000),
      count: ids.size,
    })),
    keys: pinned,
  }
}

export type Limited = 'users' | 'organisations' | 'clients'
export const LIMITED: readonly Limited[] = ['users', 'organisations', 'clients']

/** Undefined: as many as there may be. What does not count allows nothing new, and takes nothing from who is here. */
export function limitOf({ standing, required }: Status, what: Limited): number | undefined {
  if (!standing) return required ? 0 : undefined
  return counts(standing) ? standing.license.limits[what] : 0
}

/** From nine tenths on somebody should know. In whole numbers: 0.9 is none in a computer. */
export const isNear = (used: number, limit: number): boolean => limit > 0 && used * 10 >= limit * 9

export type Used = Readonly<Record<Limited, number>>

/** Of what is limited, what is nearly used up. */
export const nearOf = (status: Status, used: Used): { limited: Limited; used: number; limit: number }[] =>
  LIMITED.flatMap((limited) => {
    const limit = limitOf(status, limited)
    return limit !== undefined && isNear(used[limited], limit) ? [{ limited, used: used[limited], limit }] : []
  })

export const allowsFeature = ({ standing, required }: Status, feature: string): boolean =>
  standing ? counts(standing) && standing.license.features.includes(feature) : !required

/** Whether somebody should look after it. */
export const isWorrying = ({ standing, required, setBack }: Status): boolean =>
  setBack !== undefined || (standing ? standing.state !== 'valid' : required)

/** One sentence, or two. */
export function statusSentence({ standing, required, setBack }: Status, t: Translate = english): string {
  const said = standing ? sentenceOf(standing, t) : t(required ? 'license.missing' : 'license.none')
  if (!setBack) return said
  const { clock, highest } = setBack
  return `${said} ${t('license.clock-set-back', { now: minute(clock), highest: minute(highest) })}`
}

const minute = (date: Date): string => `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
