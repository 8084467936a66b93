import { Button } from '../../../ui/button.tsx'
import { Field } from '../../../ui/field.tsx'
import { Form } from '../../../ui/form.tsx'
import { Link } from '../../../ui/link.tsx'
import type { Translate } from '../../../ui/messages/translator.ts'
import { ProblemSummary } from '../../../ui/problem-summary.tsx'
import { paths } from '../../paths.ts'
import { type What, withWhat } from '../../security/what.ts'
import { AccountFrame } from '../frame.tsx'

interface RenamePageProps {
  readonly t: Translate
  readonly what: What
  readonly name: string
  readonly typed: string
  readonly problem?: 'missing' | 'invalid' | undefined
}

export const RenamePage = ({ t, what, name, typed, problem }: RenamePageProps) => {
  const error = problem && t(`security.rename.error.${problem}`)
  return (
    <AccountFrame t={t} title={t('security.rename.title', { name })} at="security" hasProblem={error !== undefined}>
      <ProblemSummary t={t} problems={error === undefined ? [] : [{ field: 'name', text: error }]} />
      <div class="narrow">
        <Form t={t} id="rename" action={withWhat(paths.renameFactor, what)}>
          <Field
            id="name"
            label={t('security.rename.name')}
            autocomplete="off"
            value={typed}
            error={error}
            maxlength={100}
            autofocus
          />
          <Button id="save-name">{t('security.rename.submit')}</Button>
          <Link id="back" href={t.carry(paths.security)} asButton="quiet">
            {t('security.remove.back')}
          </Link>
        </Form>
      </div>
    </AccountFrame>
  )
}
