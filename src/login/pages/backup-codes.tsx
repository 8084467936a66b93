import type { Secret } from '../../lib/secret.ts'
import { BackupCodes } from '../../ui/backup-codes.tsx'
import { Button } from '../../ui/button.tsx'
import { Form } from '../../ui/form.tsx'
import { StepFrame, type StepPageProps } from './step.tsx'

interface BackupCodesPageProps extends StepPageProps {
  readonly host: string
  /** Made now: shown this once. */
  readonly codes?: readonly Secret<string>[] | undefined
  /** They were made, and shown, before. */
  readonly wereMade: boolean
}

export const BackupCodesPage = (props: BackupCodesPageProps) => {
  const { t, base, account, host, codes, wereMade } = props
  return (
    <StepFrame {...props} title={t('step.codes.title')} lead={t('step.codes.lead')}>
      {codes && <BackupCodes t={t} codes={codes} account={account} host={host} />}
      {(codes || wereMade) && (
        <Form t={t} id="kept-codes" action={`${base}/backup-codes/kept`}>
          {codes ? null : <p>{t('step.codes.anew')}</p>}
          <Button id="kept">{t('step.codes.kept')}</Button>
        </Form>
      )}
      {codes ? null : (
        <Form t={t} id="make-codes" action={`${base}/backup-codes`}>
          <Button id="make" kind={wereMade ? 'secondary' : 'primary'}>
            {t(wereMade ? 'step.codes.make-anew' : 'step.codes.make')}
          </Button>
        </Form>
      )}
    </StepFrame>
  )
}
