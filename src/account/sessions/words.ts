import type { Place } from '../../sessions/place.ts'
import type { Translate } from '../../ui/messages/translator.ts'

/** RFC 8176 names what was proven; what only says how (`mfa`, `user`) is no way by itself. */
function waysIn(amr: readonly string[]) {
  const code = amr.includes('mca') ? 'mailed-code' : 'code'
  const ways = { pwd: 'password', hwk: 'passkey', swk: 'passkey', otp: code } as const
  const isWay = (method: string): method is keyof typeof ways => Object.hasOwn(ways, method)
  return [...new Set(amr.filter(isWay).map((method) => ways[method]))]
}

export function factorsText(t: Translate, amr: readonly string[]): string {
  const ways = waysIn(amr).map((way) => t(`sessions.factor.${way}`))
  return new Intl.ListFormat(t.language.tag, { type: 'conjunction' }).format(
    ways.length > 0 ? ways : [t('sessions.factor.other')],
  )
}

/** In the language of the reader, as far as the file of places knows it. */
export function placeText(t: Translate, { city, country }: Place): string | undefined {
  const { tag } = t.language
  const land = country && new Intl.DisplayNames(tag, { type: 'region' }).of(country)
  const town = tag.startsWith('de') ? (city?.de ?? city?.en) : (city?.en ?? city?.de)
  return [town, land].filter((part) => part !== undefined).join(', ') || undefined
}
