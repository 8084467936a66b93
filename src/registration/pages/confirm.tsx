import { Layout } from '../../ui/layout.tsx'
import { Name } from '../../ui/name.tsx'
import { hasNewAccountProblem, NewAccountForm, type NewAccountProps } from '../../ui/new-account-form.tsx'

interface ConfirmPageProps extends NewAccountProps {
  readonly email: string
}

export const ConfirmPage = (props: ConfirmPageProps) => {
  const { t, email, problems } = props
  return (
    <Layout t={t} title={t('registration.confirm.title')} hasProblem={hasNewAccountProblem(problems)}>
      <h1>{t('registration.confirm.title')}</h1>
      <p class="lead">{t.rich('registration.confirm.lead', { email: <Name>{email}</Name> })}</p>
      <NewAccountForm
        {...props}
        id="confirm"
        button={{ id: 'create-account', text: t('registration.confirm.submit') }}
      />
    </Layout>
  )
}
