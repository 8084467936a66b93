import type { Level } from '../../factors/level.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Layout } from '../../ui/layout.tsx'
import { Link } from '../../ui/link.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import { Name } from '../../ui/name.tsx'
import { PasskeyForm } from '../../ui/passkey-form.tsx'
import { UnknownPasskey } from '../../ui/passkey-signals.tsx'
import { PasswordField } from '../../ui/password-field.tsx'
import { type Problem, ProblemSummary, SUMMARY_ID } from '../../ui/problem-summary.tsx'
import { span } from '../../ui/span.ts'
import { type PasskeyTrouble, passkeyProblems } from './passkey-problem.ts'

/** Of the attempt as a whole. It never tells whether the address or the password was wrong (threat 25). */
export type SignInProblem = 'mismatch' | 'busy' | 'over-tries' | 'over-time' | SignInPause

/** Of nobody in particular: it is so for an address without an account, too. */
export type SignInPause = { readonly kind: 'limited' | 'locked'; readonly seconds: number } | { readonly kind: 'off' }

interface SignInPageProps {
  readonly t: Translate
  readonly action: `/${string}`
  readonly base: `/${string}`
  /** Whether one may stand alone. */
  readonly passkeys: boolean
  readonly cancel: `/${string}`
  readonly client: { readonly name: string }
  readonly recover: `/${string}`
  /** Somebody is signed in, and has to be told why that is not enough. */
  readonly stepUp?: Level | undefined
  /** Where people may make an account for themselves. */
  readonly register?: `/${string}` | undefined
  readonly email?: string | undefined
  readonly problem?: SignInProblem | undefined
  /** Beside what was wrong about the try: what it has begun. */
  readonly pause?: SignInPause | undefined
  readonly missing?: readonly ('email' | 'password')[] | undefined
  /** Why a passkey did not sign anybody in. */
  readonly passkey?: PasskeyTrouble | undefined
  /** For the browser to forget: of one that we do not know. */
  readonly unknown?: { readonly rpId: string; readonly credentialId: string } | undefined
}

export const SignInPage = (props: SignInPageProps) => {
  const {
    t,
    action,
    base,
    passkeys,
    cancel,
    client,
    recover,
    stepUp,
    register,
    email = '',
    problem,
    pause,
    missing = [],
    passkey,
    unknown,
  } = props
  const emailError = missing.includes('email') ? t('login.error.email-missing') : undefined
  const passwordError = missing.includes('password') ? t('login.error.password-missing') : undefined
  const problems: Problem[] = [
    ...[problem, pause].flatMap((one) => (one ? [{ text: textOf(t, one) }] : [])),
    ...passkeyProblems(t, passkey),
    ...(emailError ? [{ field: 'email', text: emailError }] : []),
    ...(passwordError ? [{ field: 'password', text: passwordError }] : []),
  ]
  const startsAtPassword = email !== '' && emailError === undefined
  const summary = problem === 'mismatch' ? SUMMARY_ID : undefined
  return (
    <Layout t={t} title={t('login.title', { client: client.name })} hasProblem={problems.length > 0}>
      <h1>{t.rich('login.title', { client: <Name>{client.name}</Name> })}</h1>
      {stepUp && <p class="lead">{t(`login.stepUp.${stepUp}`)}</p>}
      <ProblemSummary t={t} problems={problems} />
      <Form t={t} id="login" action={action}>
        <Field
          id="email"
          type="email"
          label={t('login.email')}
          autocomplete={passkeys ? 'username webauthn' : 'username'}
          value={email}
          error={emailError}
          describedBy={summary}
          autofocus={!startsAtPassword}
        />
        <PasswordField
          label={t('login.password')}
          autocomplete="current-password"
          error={passwordError}
          describedBy={summary}
          autofocus={startsAtPassword}
        />
        {passkeys && <input type="hidden" id="capable" name="capable" value="" />}
        <Button id="sign-in">{t('login.submit')}</Button>
      </Form>
      {passkeys && <PasskeyForm t={t} id="passkey" use="sign-in" kind="secondary" base={base} autofill />}
      {unknown && <UnknownPasskey signal={unknown} />}
      <p class="aside ways">
        <Link id="recover" href={t.carry(recover)}>
          {t('login.recover')}
        </Link>
        {register && (
          <Link id="register" href={t.carry(register)}>
            {t('login.register')}
          </Link>
        )}
      </p>
      <Form t={t} id="cancel" action={cancel}>
        <Button id="cancel-sign-in" kind="quiet">
          {t('login.cancel')}
        </Button>
      </Form>
    </Layout>
  )
}

function textOf(t: Translate, problem: SignInProblem): string {
  if (typeof problem === 'string') return t(`login.error.${problem}`)
  if (problem.kind === 'off') return t('guard.signIn.off')
  return t(`guard.signIn.${problem.kind}`, { time: span(t, problem.seconds) })
}
