import { Code } from './facts.tsx'
import type { Translate } from './messages/translator.ts'
import { Name } from './name.tsx'
import { Badge } from './records.tsx'

interface PermissionsProps {
  readonly t: Translate
  /** By which the list is called. */
  readonly labelledBy: string
  /** Of OpenID Connect. */
  readonly scopes: readonly string[]
  /** That were asked for one by one. */
  readonly claims: readonly string[]
  readonly apis: readonly Api[]
  /** What of it was not agreed to before, where that is to be told apart. */
  readonly news?: Pick<PermissionsProps, 'scopes' | 'claims' | 'apis'> | undefined
}

interface Api {
  readonly audience: string
  readonly name: string
  readonly scopes: readonly Scope[]
}

interface Scope {
  readonly name: string
  /** By language, as whoever registered the API has described it. */
  readonly words: Readonly<Record<string, string>>
}

const explained = ['openid', 'profile', 'email', 'phone', 'address', 'organisation', 'offline_access'] as const
type Explained = (typeof explained)[number]
const isExplained = (scope: string): scope is Explained => explained.some((known) => known === scope)

/** What a claim by itself says of a person is said in the words of the scope that has it. */
const scopeOfClaim: Readonly<Record<string, Explained>> = {
  name: 'profile',
  locale: 'profile',
  email: 'email',
  email_verified: 'email',
  org: 'organisation',
  org_id: 'organisation',
}

function allOf(scopes: readonly string[], claims: readonly string[]): string[] {
  const all = new Set([
    ...scopes,
    ...claims.map((claim) => (Object.hasOwn(scopeOfClaim, claim) ? (scopeOfClaim[claim] ?? claim) : claim)),
  ])
  // What outlives the visit is read last, as what all the rest is for.
  return [...all].sort((one, other) => Number(one === 'offline_access') - Number(other === 'offline_access'))
}

/** What somebody may know and do, in words: first of the person, then what may be done in their name, API by API. */
export const Permissions = ({ t, labelledBy, scopes, claims, apis, news }: PermissionsProps) => {
  const newScopes = allOf(news?.scopes ?? [], news?.claims ?? [])
  return (
    <>
      <ul class="ledger" aria-labelledby={labelledBy}>
        {allOf(scopes, claims).map((scope) => (
          <OfThePerson key={scope} t={t} scope={scope} isNew={newScopes.includes(scope)} />
        ))}
      </ul>
      {apis.map(({ audience, name, scopes: there }, at) => {
        const newThere = news?.apis.find((api) => api.audience === audience)
        return (
          <div key={audience} class="at-api">
            <h3 id={`${labelledBy}-${at}`}>{t.rich('consent.at', { api: <Name>{name}</Name> })}</h3>
            <ul class="ledger" aria-labelledby={`${labelledBy}-${at}`}>
              {there.map((scope) => (
                <AtTheApi
                  key={scope.name}
                  t={t}
                  {...scope}
                  isNew={newThere?.scopes.some((one) => one.name === scope.name) ?? false}
                />
              ))}
              {there.length === 0 && <NothingInParticular t={t} isNew={newThere !== undefined} />}
            </ul>
          </div>
        )
      })}
    </>
  )
}

interface Marked {
  readonly t: Translate
  readonly isNew: boolean
}

const New = ({ t, isNew }: Marked) =>
  isNew ? (
    <>
      {' '}
      <Badge>{t('consent.new')}</Badge>
    </>
  ) : null

const OfThePerson = ({ t, scope, isNew }: Marked & { readonly scope: string }) =>
  isExplained(scope) ? (
    <li>
      <span>
        <strong>{t(`consent.scope.${scope}`)}</strong>
        <New t={t} isNew={isNew} />
      </span>
      <span class="hint">{t(`consent.scope.${scope}.about`)}</span>
    </li>
  ) : (
    <Undescribed t={t} name={scope} isNew={isNew} />
  )

/** Said, as the name of the API alone would read as nothing. */
const NothingInParticular = ({ t, isNew }: Marked) => (
  <li>
    <span>
      <strong>{t('consent.at.bare')}</strong>
      <New t={t} isNew={isNew} />
    </span>
    <span class="hint">{t('consent.at.bare.about')}</span>
  </li>
)

const AtTheApi = ({ t, name, words, isNew }: Scope & Marked) => {
  const found = inLanguage(words, t.language.tag)
  return found ? (
    <li>
      <span>
        <strong lang={found.tag} dir="auto">
          {found.text}
        </strong>
        <New t={t} isNew={isNew} />
      </span>
    </li>
  ) : (
    <Undescribed t={t} name={name} isNew={isNew} />
  )
}

const Undescribed = ({ t, name, isNew }: Marked & { readonly name: string }) => (
  <li>
    <span>
      <strong>{t.rich('consent.scope.other', { scope: <Code>{name}</Code> })}</strong>
      <New t={t} isNew={isNew} />
    </span>
    <span class="hint">{t('consent.scope.other.about')}</span>
  </li>
)

/** In the language of the page, in the one that it is a kind of (`de` for `de-AT`), in English; otherwise none. */
function inLanguage(words: Readonly<Record<string, string>>, tag: string) {
  for (const wanted of [tag, tag.split('-')[0] ?? tag, 'en']) {
    const text = Object.hasOwn(words, wanted) ? words[wanted]?.trim() : undefined
    if (text) return { tag: wanted, text }
  }
  return undefined
}
