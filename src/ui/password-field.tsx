import { Field, type FieldProps } from './field.tsx'

interface PasswordFieldProps extends Omit<FieldProps, 'id' | 'type' | 'autocomplete' | 'value'> {
  readonly autocomplete: 'current-password' | 'new-password'
}

/** Never filled by the server, and never barred from pasting. */
export const PasswordField = (props: PasswordFieldProps) => <Field {...props} id="password" type="password" />
