import { Button } from '../../ui/button.tsx'
import { Form } from '../../ui/form.tsx'
import { Layout } from '../../ui/layout.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { paths } from '../paths.ts'

interface EndOthersPageProps {
  readonly t: Translate
  /** Whether some browser skips the second factor. */
  readonly trusts: boolean
}

/** Asked once more: what goes on elsewhere is lost, and each of them has to be signed in to again. */
export const EndOthersPage = ({ t, trusts }: EndOthersPageProps) => (
  <Layout t={t} title={t('sessions.others.title')}>
    <h1>{t('sessions.others.title')}</h1>
    <p class="lead">{t('sessions.others.lead')}</p>
    {trusts && <p>{t('sessions.others.trust')}</p>}
    <Form t={t} id="end-others" action={paths.endOthers}>
      <Button id="sign-out-others">{t('sessions.others.submit')}</Button>
      <Link id="keep" href={t.carry(paths.sessions)} asButton="quiet">
        {t('sessions.others.keep')}
      </Link>
    </Form>
  </Layout>
)
