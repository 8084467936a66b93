import { Button } from '../../ui/button.tsx'
import { Form } from '../../ui/form.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { momentIn } from '../../ui/moment.ts'

interface PutOffProps {
  readonly t: Translate
  readonly base: `/${string}`
  /** Undefined where there is no time left. */
  readonly until: Date | undefined
}

export const PutOff = ({ t, base, until }: PutOffProps) =>
  until === undefined ? null : (
    <Form t={t} id="put-off" action={`${base}/enrol/later`}>
      <p class="hint">{t('step.enrol.until', { date: momentIn(until, t.language.tag) })}</p>
      <Button id="later" kind="secondary">
        {t('step.enrol.later')}
      </Button>
    </Form>
  )
