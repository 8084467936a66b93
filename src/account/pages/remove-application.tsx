import { Button } from '../../ui/button.tsx'
import { Form } from '../../ui/form.tsx'
import { Layout } from '../../ui/layout.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'
import type { OwnApplication } from '../applications/application.ts'
import { paths } from '../paths.ts'

interface RemoveApplicationPageProps {
  readonly t: Translate
  readonly application: Pick<OwnApplication, 'clientId' | 'name' | 'firstParty'>
}

/** Asked once more: what the application does for somebody while they are away ends with it. */
export const RemoveApplicationPage = ({
  t,
  application: { clientId, name, firstParty },
}: RemoveApplicationPageProps) => (
  <Layout t={t} title={t('applications.remove.title', { client: name })}>
    <h1>{t.rich('applications.remove.title', { client: <Name>{name}</Name> })}</h1>
    <p class="lead">{t(firstParty ? 'applications.remove.ours' : 'applications.remove.lead')}</p>
    <p>{t('applications.remove.later')}</p>
    <Form t={t} id="remove" action={paths.removeApplication}>
      <Button id="remove-access" name="application" value={clientId}>
        {t('applications.remove.submit')}
      </Button>
      <Link id="keep" href={t.carry(paths.applications)} asButton="quiet">
        {t('applications.remove.keep')}
      </Link>
    </Form>
  </Layout>
)
