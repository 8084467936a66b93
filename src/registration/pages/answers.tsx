import { ACCOUNT_PATH } from '../../http/input/way-back.ts'
import { Layout } from '../../ui/layout.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'
import { WayOn } from '../../ui/way-on.tsx'

interface AnswerProps {
  readonly t: Translate
  readonly email: string
  readonly signIn: `/${string}`
}

const SignInAgain = ({ t, signIn }: Pick<AnswerProps, 't' | 'signIn'>) => (
  <WayOn
    t={t}
    id="sign-in"
    href={signIn}
    label={t(signIn === ACCOUNT_PATH ? 'registration.account' : 'registration.signIn')}
  />
)

/** Nobody is signed in by a link: the password that was chosen proves itself at the sign-in, with whatever else is asked for there. */
export const DonePage = ({ t, signIn }: Omit<AnswerProps, 'email'>) => (
  <Layout t={t} title={t('registration.done.title')}>
    <h1>{t('registration.done.title')}</h1>
    <p class="lead">{t('registration.done.lead')}</p>
    <SignInAgain t={t} signIn={signIn} />
  </Layout>
)

/** Whoever is told this holds the mailbox: it says nothing that they may not know. */
export const TakenPage = ({ t, email, signIn }: AnswerProps) => (
  <Layout t={t} title={t('registration.taken.title')}>
    <h1>{t('registration.taken.title')}</h1>
    <p class="lead">{t.rich('registration.taken.lead', { email: <Name>{email}</Name> })}</p>
    <SignInAgain t={t} signIn={signIn} />
    <p class="aside">
      <Link id="recover" href={t.carry('/recover')}>
        {t('registration.taken.recover')}
      </Link>
    </p>
  </Layout>
)

/** One page for every reason: a stranger with a guessed link learns nothing. */
export const DeadPage = ({ t }: { readonly t: Translate }) => (
  <Layout t={t} title={t('registration.dead.title')}>
    <h1>{t('registration.dead.title')}</h1>
    <p class="lead">{t('registration.dead.why')}</p>
    <p>{t('registration.dead.cure')}</p>
    <WayOn t={t} id="again" href="/register" label={t('registration.dead.again')} />
    <p class="aside">
      <Link id="sign-in" href={t.carry(ACCOUNT_PATH)}>
        {t('registration.account')}
      </Link>
    </p>
  </Layout>
)
