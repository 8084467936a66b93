export interface Language {
  /** BCP 47, canonical: `de`, `pt-BR`. */
  readonly tag: string
  /** In its own words. */
  readonly name: string
  readonly dir: 'ltr' | 'rtl'
}

const rightToLeft = new Set(['Arab', 'Hebr', 'Thaa', 'Syrc', 'Nkoo', 'Adlm', 'Rohg', 'Mand', 'Samr'])

/** Undefined where the tag is none. */
export function languageOf(asked: string): Language | undefined {
  try {
    const locale = new Intl.Locale(asked)
    const script = locale.maximize().script ?? 'Latn'
    const tag = locale.toString()
    // A language may be asked for with a way to sort; it has no name with one.
    if (tag !== locale.baseName) return undefined
    let name: string | undefined
    return {
      tag,
      // Found when a page first offers the language: the names of all languages are read for it.
      get name() {
        name ??= ownName(tag)
        return name
      },
      dir: rightToLeft.has(script) ? 'rtl' : 'ltr',
    }
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
