import { Alert } from '../../ui/alert.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { momentIn } from '../../ui/moment.ts'
import { paths } from '../paths.ts'

interface EnrolmentDueProps {
  readonly t: Translate
  readonly until: Date | undefined
  /** Away from the page where it is done. */
  readonly elsewhere?: true
}

/** Put off is soon forgotten: whoever did is told of the day from which on nothing else will do. */
export const EnrolmentDue = ({ t, until, elsewhere }: EnrolmentDueProps) =>
  until === undefined ? null : (
    <Alert tone="notice" id="enrolment-due">
      <p>{t('security.due', { date: momentIn(until, t.language.tag) })}</p>
      {elsewhere && (
        <p>
          <Link id="enrol-now" href={t.carry(paths.security)}>
            {t('security.due.now')}
          </Link>
        </p>
      )}
    </Alert>
  )
