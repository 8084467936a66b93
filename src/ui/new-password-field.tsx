import { newPasswordScript } from './assets.ts'
import type { Translate } from './messages/translator.ts'
import { type NewPasswordProblem, newPasswordText } from './new-password-problem.ts'
import { PasswordField } from './password-field.tsx'
import { levels, type Strength } from './strength.ts'

interface NewPasswordFieldProps {
  readonly t: Translate
  readonly label: string
  readonly minimum: number
  readonly problem?: NewPasswordProblem | undefined
  /** Of the password that was sent and is not in the field any more. That it was short is the problem itself. */
  readonly typed?: Strength | undefined
  readonly autofocus?: boolean
  /** Ids of fields beside it whose content is easy to guess. */
  readonly beside?: readonly string[]
  /** What else is: the address of somebody who is signed in. */
  readonly words?: readonly string[]
}

/**
 * A field for a password that is being chosen. Without JavaScript it says after a submit how strong the password was; with
 * it, while one is typed, and a button shows what was typed. The line for it has its place from the start: nothing moves.
 */
export const NewPasswordField = (props: NewPasswordFieldProps) => {
  const { t, label, minimum, problem, autofocus, beside = [], words = [] } = props
  const typed = props.typed === 'short' ? undefined : props.typed
  const texts = Object.fromEntries(levels.map((level) => [`data-text-${level}`, t(`passwords.strength.${level}`)]))
  return (
    <div
      class="new-password"
      data-minimum={minimum}
      data-beside={beside.join(' ')}
      data-words={[t('app.name'), ...words].join(' ')}
      data-show={t('passwords.show')}
      data-show-label={t('passwords.showPassword')}
      data-hide={t('passwords.hide')}
      data-hide-label={t('passwords.hidePassword')}
      {...texts}
    >
      <PasswordField
        label={label}
        autocomplete="new-password"
        hint={t('passwords.hint', { minimum })}
        error={problem && newPasswordText(t, problem)}
        describedBy="password-strength"
        {...(autofocus === undefined ? {} : { autofocus })}
      />
      <p class="strength" id="password-strength" aria-live="polite" data-level={typed}>
        {typed && t(`passwords.typed.${typed}`)}
      </p>
      <script type="module" src={newPasswordScript.href} />
    </div>
  )
}
