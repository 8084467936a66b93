import type { JSX } from 'hono/jsx/jsx-runtime'

export interface FieldProps {
  /** Its name, too. Password managers and tests know a field by it: never change one. */
  readonly id: string
  readonly label: string
  /** A code is typed from somewhere else, character by character. */
  readonly type?: 'text' | 'email' | 'password' | 'code'
  readonly autocomplete: string
  /** Which keyboard a phone shows. */
  readonly inputmode?: 'numeric'
  readonly value?: string | undefined
  readonly hint?: string | undefined
  readonly error?: string | undefined
  /** The id of a message elsewhere on the page that concerns this field. */
  readonly describedBy?: string | undefined
  readonly autofocus?: boolean
  readonly maxlength?: number
}

/** Label above, hint between, error in words: nothing here is told by colour or by a placeholder alone. */
export const Field = (props: FieldProps): JSX.Element => {
  const { id, label, type = 'text', hint, error, describedBy, value } = props
  const notes = [error && `${id}-error`, describedBy, hint && `${id}-hint`].filter(Boolean).join(' ')
  return (
    <div class={error === undefined ? 'field' : 'field field-wrong'}>
      <label for={id}>{label}</label>
      {hint === undefined ? null : (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error === undefined ? null : (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
      <input
        id={id}
        name={id}
        type={type === 'code' ? 'text' : type}
        class={type === 'code' ? 'code' : undefined}
        inputmode={props.inputmode}
        required
        value={type === 'password' ? undefined : value}
        autocomplete={props.autocomplete}
        autofocus={props.autofocus}
        maxlength={props.maxlength}
        dir={type === 'text' ? 'auto' : 'ltr'}
        aria-describedby={notes === '' ? undefined : notes}
        aria-invalid={error === undefined ? undefined : 'true'}
        {...(type === 'text' ? {} : literal)}
      />
    </div>
  )
}

/** An address, a password and a code are taken letter by letter: no device may mend them. */
const literal = { autocapitalize: 'none', autocorrect: 'off', spellcheck: false } as const
