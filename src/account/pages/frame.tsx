import type { Child } from 'hono/jsx'
import { Layout } from '../../ui/layout.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Sections } from '../../ui/sections.tsx'
import { paths } from '../paths.ts'

interface AccountFrameProps {
  readonly t: Translate
  readonly title: string
  readonly at: 'overview' | 'security' | 'password' | 'email' | 'organisations' | 'applications' | 'sessions'
  readonly hasProblem?: boolean
  readonly children?: Child
}

/** Around every page of somebody who is signed in. */
export const AccountFrame = ({ t, title, at, hasProblem = false, children }: AccountFrameProps) => (
  <Layout t={t} title={title} hasProblem={hasProblem} wide>
    <Sections
      t={t}
      label={t('account.navigation')}
      links={[
        { id: 'to-overview', href: paths.overview, text: t('account.overview'), current: at === 'overview' },
        { id: 'to-security', href: paths.security, text: t('security.tab'), current: at === 'security' },
        { id: 'to-password', href: paths.password, text: t('account.password'), current: at === 'password' },
        { id: 'to-email', href: paths.email, text: t('account.email'), current: at === 'email' },
        { id: 'to-sessions', href: paths.sessions, text: t('sessions.tab'), current: at === 'sessions' },
        {
          id: 'to-applications',
          href: paths.applications,
          text: t('applications.tab'),
          current: at === 'applications',
        },
        {
          id: 'to-organisations',
          href: paths.organisations,
          text: t('organisations.tab'),
          current: at === 'organisations',
        },
        { id: 'to-sign-out', href: paths.signOut, text: t('account.signOut') },
      ]}
    />
    <h1>{title}</h1>
    {children}
  </Layout>
)
