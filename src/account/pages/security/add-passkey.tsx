import { Field } from '../../../ui/field.tsx'
import type { Translate } from '../../../ui/messages/translator.ts'
import { PasskeyForm } from '../../../ui/passkey-form.tsx'
import { ProblemSummary } from '../../../ui/problem-summary.tsx'
import { WayOn } from '../../../ui/way-on.tsx'
import { paths } from '../../paths.ts'
import type { PasskeyNote } from '../../security/notes.ts'
import { AccountFrame } from '../frame.tsx'

interface AddPasskeyPageProps {
  readonly t: Translate
  readonly name?: string | undefined
  readonly problem?: PasskeyNote['problem'] | undefined
}

export const AddPasskeyPage = ({ t, name, problem }: AddPasskeyPageProps) => {
  const text = problem && t(`security.passkey.error.${problem}`)
  const isOfName = problem === 'name'
  return (
    <AccountFrame t={t} title={t('security.passkey.add.title')} at="security" hasProblem={problem !== undefined}>
      <p class="lead">{t('security.passkey.add.lead')}</p>
      <ProblemSummary t={t} problems={text === undefined ? [] : [{ text, ...(isOfName && { field: 'name' }) }]} />
      <div class="narrow">
        <PasskeyForm
          t={t}
          id="add-passkey"
          use="enrolment"
          action={paths.addPasskey}
          options={paths.passkeyOptions}
          submit={t('security.passkey.submit')}
        >
          <Field
            id="name"
            label={t('security.passkey.name')}
            hint={t('security.passkey.name.hint')}
            autocomplete="off"
            value={name}
            error={isOfName ? text : undefined}
            autofocus={isOfName}
          />
        </PasskeyForm>
      </div>
      <WayOn t={t} id="back" href={paths.security} label={t('security.remove.back')} />
    </AccountFrame>
  )
}
