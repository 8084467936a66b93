import { Field } from './field.tsx'
import type { Translate } from './messages/translator.ts'

export type CodeKind = 'totp' | 'email-code' | 'backup-code'

/** `limited` and the like are said above the form: they are not about what was typed. */
export type CodeProblem = 'missing' | 'mismatch'

interface CodeFieldProps {
  readonly t: Translate
  readonly kind: CodeKind
  readonly problem?: CodeProblem | undefined
  /** To be put back. */
  readonly typed?: string | undefined
  readonly autofocus?: boolean
  /** Ids of what else is said about it. */
  readonly describedBy?: string | undefined
}

export const CODE_FIELD = 'code'

export const codeProblemText = (t: Translate, kind: CodeKind, problem: CodeProblem): string =>
  t(`code.${kind}.error.${problem}`)

/**
 * One box for the whole code: it can be pasted, read aloud and filled in by the browser. A code that was wrong
 * and will be another one in a moment is not put back.
 */
export const CodeField = ({ t, kind, problem, typed, autofocus, describedBy }: CodeFieldProps) => (
  <Field
    id={CODE_FIELD}
    type="code"
    label={t(`code.${kind}.label`)}
    hint={t(`code.${kind}.hint`)}
    value={typed}
    error={problem && codeProblemText(t, kind, problem)}
    {...(kind === 'backup-code'
      ? { autocomplete: 'off', maxlength: 40 }
      : { autocomplete: 'one-time-code', inputmode: 'numeric', maxlength: 20 })}
    {...(autofocus === undefined ? {} : { autofocus })}
    describedBy={describedBy}
  />
)
