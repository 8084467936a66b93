import { type Translate, translator } from '../../ui/messages/translator.ts'
import { beginsAt, dateOf } from './claims.ts'
import type { Standing } from './standing.ts'

/** For commands and logs, which speak English. */
export const english: Translate = translator({ tag: 'en', name: 'English', dir: 'ltr' }, {})

const day = (date: Date): string => date.toISOString().slice(0, 10)

/** One sentence for a person, in the language of `t`. */
export function sentenceOf(standing: Standing, t: Translate = english): string {
  if (standing.state === 'unreadable') return t(`license.unreadable.${standing.reason}`)
  const { license } = standing
  const licensee = license.licensee.name
  const end = day(dateOf(license.exp))
  switch (standing.state) {
    case 'valid':
    case 'expiring':
    case 'expired':
      return t(`license.${standing.state}`, { licensee, end })
    case 'grace':
      return t('license.grace', { licensee, end, until: day(standing.until) })
    case 'not-yet-valid':
      return t('license.not-yet-valid', { licensee, start: day(beginsAt(license)) })
    case 'wrong-instance':
      return t('license.wrong-instance', { licensee, instance: license.instance?.join(', ') ?? '' })
    case 'wrong-product':
      return t('license.wrong-product', { licensee, product: license.product })
    case 'revoked':
      return t('license.revoked', { licensee })
  }
}
