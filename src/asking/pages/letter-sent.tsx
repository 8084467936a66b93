import { Layout } from '../../ui/layout.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'
import { NoMailPage } from '../../ui/no-mail-page.tsx'

interface LetterSentPageProps {
  readonly t: Translate
  readonly of: 'recovery' | 'registration'
  /** As it was typed: that is all that this page knows. */
  readonly email: string
  readonly again: `/${string}`
  readonly mailIsSent: boolean
}

/** One page whoever has the address (threat 25). */
export const LetterSentPage = ({ t, of, email, again, mailIsSent }: LetterSentPageProps) =>
  mailIsSent ? (
    <Layout t={t} title={t(`${of}.sent.title`)}>
      <h1>{t(`${of}.sent.title`)}</h1>
      <p class="lead">{t.rich(`${of}.sent.lead`, { email: <Name>{email}</Name> })}</p>
      <p>{t(`${of}.sent.time`)}</p>
      <p>{t(`${of}.sent.missing`)}</p>
      <p class="aside">
        <Link id="again" href={t.carry(again)}>
          {t(`${of}.sent.again`)}
        </Link>
      </p>
    </Layout>
  ) : (
    <NoMailPage t={t} />
  )
