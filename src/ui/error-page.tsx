import type { Child } from 'hono/jsx'
import type { AppError } from '../errors/app-error.ts'
import { Code, Command, Facts } from './facts.tsx'
import { Layout } from './layout.tsx'
import type { Translate } from './messages/translator.ts'
import { Reference } from './reference.tsx'
import { span } from './span.ts'

interface Compared {
  readonly client: string
  readonly received: string
  readonly registered: readonly string[]
}

interface ErrorPageProps {
  readonly t: Translate
  readonly error: AppError
  readonly requestId: string
  /** Shown to an administrator alone: what came in beside what is registered, where the two should have been one. */
  readonly compared?: Compared
}

const TOO_MANY = 429

/** What happened, what mends it, and below the fold of attention what to tell whoever is asked for help. */
export const ErrorPage = ({ t, error, requestId, compared }: ErrorPageProps) => {
  const { title: sentence, cure, lang } = t.error(error.code)
  const title = sentence.replace(/\.$/, '')
  const isOwnCure = error.cure !== error.entry.cure
  const inLanguage = (of: string) => (of === t.language.tag ? {} : { lang: of, dir: 'auto' })
  // The usual cure is for programs, too; a person is told the time by itself.
  const saysWhen = error.code === 'too-many-requests' && !isOwnCure && error.retryAfter !== undefined
  return (
    <Layout t={t} title={title} wide={compared !== undefined}>
      <h1 {...inLanguage(lang)}>{title}</h1>
      {error.detail === undefined ? null : (
        <p class="lead" {...inLanguage('en')}>
          {error.detail}
        </p>
      )}
      {compared ? (
        <Comparison t={t} {...compared} />
      ) : saysWhen ? null : (
        <p {...inLanguage(isOwnCure ? 'en' : lang)}>{isOwnCure ? error.cure : cure}</p>
      )}
      {error.entry.status === TOO_MANY && error.retryAfter !== undefined && (
        <p id="try-again">{t('guard.tryAgain', { time: span(t, error.retryAfter) })}</p>
      )}
      <Reference t={t} code={error.code} requestId={requestId} />
    </Layout>
  )
}

interface ComparisonProps extends Compared {
  readonly t: Translate
}

/** The command names no address: whoever sent the request chose the one that was received, and may hope that it is pasted. */
const Comparison = ({ t, client, received, registered }: ComparisonProps) => {
  const lines: Child = registered.map((uri) => (
    <div key={uri}>
      <Code>{uri}</Code>
    </div>
  ))
  return (
    <section>
      <h2>{t('error.forAdministrators')}</h2>
      <Facts
        facts={[
          { label: t('error.received'), value: <Code>{received}</Code> },
          { label: t('error.registered'), value: lines },
        ]}
      />
      <p>{t('error.mendRedirect')}</p>
      <Command>{`npx hearthkey client update ${client} --add-redirect-uri …`}</Command>
    </section>
  )
}
