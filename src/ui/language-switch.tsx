import type { Translate } from './messages/translator.ts'

/** Links and no form: a language is part of the address, and a GET keeps nothing. */
export const LanguageSwitch = ({ t }: { readonly t: Translate }) =>
  t.choices.length < 2 ? null : (
    <nav aria-label={t('page.languages')}>
      <ul class="languages">
        {t.choices.map(({ tag, name, dir, href }) => (
          <li key={tag}>
            {tag === t.language.tag ? (
              <span aria-current="true">{name}</span>
            ) : (
              <a href={href} hreflang={tag} lang={tag} dir={dir} rel="alternate nofollow">
                {name}
              </a>
            )}
          </li>
        ))}
      </ul>
    </nav>
  )
