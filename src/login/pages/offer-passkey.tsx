import { Button } from '../../ui/button.tsx'
import { Form } from '../../ui/form.tsx'
import { PasskeyForm } from '../../ui/passkey-form.tsx'
import { type PasskeyTrouble, passkeyProblems } from './passkey-problem.ts'
import { StepFrame, type StepPageProps } from './step.tsx'

interface OfferPasskeyPageProps extends StepPageProps {
  /** The mailbox is proven, or another factor: it can be made here. */
  readonly mayAdd: boolean
  readonly trouble?: PasskeyTrouble | undefined
}

/** For whoever signed in with a password in a browser that can keep a passkey. One click leads past it. */
export const OfferPasskeyPage = (props: OfferPasskeyPageProps) => {
  const { t, base, mayAdd, trouble } = props
  return (
    <StepFrame
      {...props}
      title={t('step.offer.title')}
      lead={t('step.offer.lead')}
      problems={passkeyProblems(t, trouble)}
    >
      {mayAdd ? (
        <PasskeyForm t={t} id="add-passkey" use="enrolment" base={base} submit={t('step.offer.submit')} />
      ) : (
        <Form t={t} id="accept" action={`${base}/offer/accept`}>
          <Button id="accept-offer">{t('step.offer.submit')}</Button>
        </Form>
      )}
      <Form t={t} id="decline" action={`${base}/offer/later`}>
        <Button id="later" kind="secondary">
          {t('step.offer.later')}
        </Button>
      </Form>
    </StepFrame>
  )
}
