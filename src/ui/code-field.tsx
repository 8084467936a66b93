import { Field } from './field.tsx'
import type { Translate } from './messages/translator.ts'

export type CodeKind = 'totp' | 'email-code' | 'backup-code'

/** `limited` and the like are said above the form: they are not about what was typed. */
export type CodeProblem = 'missing' | 'mismatch'

interface CodeFieldProps {
  readonly t: Translate
  readonly kind: CodeKind
  readonly problem?: CodeProblem | undefined
  readonly autofocus?: boolean
  /** Ids of what else is said about it. */
  readonly describedBy?: string | undefined
}

export const CODE_FIELD = 'code'

export const codeProblemText = (t: Translate, kind: CodeKind, problem: CodeProblem): string =>
  t(`code.${kind}.error.${problem}`)

/**
 * One box for the whole code: it can be pasted, read aloud and filled in by the browser. What was sent and refused is not
 * put back: a code that was wrong once is wrong.
 */
export const CodeField = ({ t, kind, problem, autofocus, describedBy }: CodeFieldProps) => (
  <Field
    id={CODE_FIELD}
    type="code"
    label={t(`code.${kind}.label`)}
    hint={t(`code.${kind}.hint`)}
    error={problem && codeProblemText(t, kind, problem)}
    {...(kind === 'backup-code'
      ? { autocomplete: 'off', maxlength: 40 }
      : { autocomplete: 'one-time-code', inputmode: 'numeric', maxlength: 20 })}
    {...(autofocus === undefined ? {} : { autofocus })}
    describedBy={describedBy}
  />
)
