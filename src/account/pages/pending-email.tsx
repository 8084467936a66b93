import { Ago } from '../../ui/ago.tsx'
import { Button } from '../../ui/button.tsx'
import { Form } from '../../ui/form.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { momentIn } from '../../ui/moment.ts'
import { Name } from '../../ui/name.tsx'
import { Entry, Records } from '../../ui/records.tsx'
import type { PendingEmail } from '../email/pending.ts'
import { paths } from '../paths.ts'

interface PendingEmailProps {
  readonly t: Translate
  readonly pending: PendingEmail
  readonly now: Date
}

/** For the owner to see, whoever asked for it. */
export const PendingEmailSection = ({ t, pending: { address, since, until }, now }: PendingEmailProps) => (
  <section class="section" id="pending-email">
    <h2>{t('account.pending')}</h2>
    <p class="lead">{t('account.pending.lead')}</p>
    <Records>
      <Entry
        title={<Name>{address}</Name>}
        details={[
          t.rich('account.pending.since', { time: <Ago t={t} at={since} now={now} /> }),
          t.rich('account.pending.until', {
            time: <time datetime={until.toISOString()}>{momentIn(until, t.language.tag)}</time>,
          }),
        ]}
        action={
          <Form t={t} id="withdraw-email" action={paths.withdrawEmail}>
            <Button id="withdraw" kind="secondary">
              {t('account.pending.withdraw')}
            </Button>
          </Form>
        }
      />
    </Records>
    <div class="compact">
      <Form t={t} id="email-again" action={paths.emailAgain}>
        <Button id="send-again" kind="secondary">
          {t('account.pending.again')}
        </Button>
      </Form>
    </div>
  </section>
)
