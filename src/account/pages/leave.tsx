import { Alert } from '../../ui/alert.tsx'
import { Button } from '../../ui/button.tsx'
import { Form } from '../../ui/form.tsx'
import { Layout } from '../../ui/layout.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'
import { WayOn } from '../../ui/way-on.tsx'
import { paths } from '../paths.ts'

interface LeavePageProps {
  readonly t: Translate
  readonly organisation: string
  readonly name: string
  readonly isLastKeeper?: boolean
}

/** Asked once more: the way back is for somebody else to open. */
export const LeavePage = ({ t, organisation, name, isLastKeeper = false }: LeavePageProps) => (
  <Layout t={t} title={t('organisations.leave.title', { organisation: name })} hasProblem={isLastKeeper}>
    <h1>{t.rich('organisations.leave.title', { organisation: <Name>{name}</Name> })}</h1>
    {isLastKeeper ? (
      <>
        <Alert tone="danger" id="last-keeper">
          <p>{t.rich('organisations.leave.last-keeper', { organisation: <Name>{name}</Name> })}</p>
        </Alert>
        <WayOn t={t} id="stay" href={paths.organisations} label={t('organisations.leave.stay')} />
      </>
    ) : (
      <>
        <p class="lead">{t('organisations.leave.lead')}</p>
        <Form t={t} id="leave" action={paths.leaveOrganisation}>
          <Button id="leave-organisation" name="organisation" value={organisation}>
            {t('organisations.leave.submit')}
          </Button>
          <Link id="stay" href={t.carry(paths.organisations)} asButton="quiet">
            {t('organisations.leave.stay')}
          </Link>
        </Form>
      </>
    )}
  </Layout>
)
