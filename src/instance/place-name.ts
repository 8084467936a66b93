import type { Place } from '../places/ports.ts'

/** What a place is called in a letter, in the language of its reader: English for whoever has chosen none. */
export function placeName({ city, country }: Place, locale: string | null): string | undefined {
  const isGerman = locale?.startsWith('de') ?? false
  const land = country && new Intl.DisplayNames(isGerman ? 'de' : 'en', { type: 'region' }).of(country)
  const town = isGerman ? (city?.de ?? city?.en) : (city?.en ?? city?.de)
  return [town, land].filter((part) => part !== undefined).join(', ') || undefined
}
