export interface Language {
  /** BCP 47, canonical: `de`, `pt-BR`. */
  readonly tag: string
  /** In its own words. */
  readonly name: string
  readonly dir: 'ltr' | 'rtl'
}

const rightToLeft = new Set(['Arab', 'Hebr', 'Thaa', 'Syrc', 'Nkoo', 'Adlm', 'Rohg', 'Mand', 'Samr'])

/** Undefined where the tag is none. */
export function languageOf(tag: string): Language | undefined {
  try {
    const locale = new Intl.Locale(tag)
    const script = locale.maximize().script ?? 'Latn'
    return { tag: locale.toString(), name: ownName(locale.toString()), dir: rightToLeft.has(script) ? 'rtl' : 'ltr' }
  } catch {
    return undefined
  }
}

/** Some languages write their own name small; standing alone it begins with a capital. */
function ownName(tag: string): string {
  const name = new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag
  const [first = '', ...rest] = name
  return first.toLocaleUpperCase(tag) + rest.join('')
}
