import type { PasswordRefusal } from './ports.ts'

/** What is wrong with each field of the form. The page has words for all of it. */
export interface SetupProblems {
  readonly name?: 'missing' | 'invalid'
  readonly email?: 'missing' | 'invalid' | 'taken'
  readonly password?: PasswordRefusal | { readonly reason: 'missing' }
}

const words = {
  'name-invalid': { name: 'invalid' },
  'email-invalid': { email: 'invalid' },
  'email-taken': { email: 'taken' },
} as const satisfies Record<string, SetupProblems>

export type PersonRefusal = keyof typeof words

interface Typed {
  readonly name: string
  readonly email: string
  readonly password: string
}

const isBlank = (text: string) => text.trim() === ''

/** All at once, so that nobody mends one field to hear about the next; what is missing is called missing. */
export function problemsIn(
  typed: Typed,
  refusals: readonly PersonRefusal[],
  password?: PasswordRefusal,
): SetupProblems | undefined {
  const problems: SetupProblems = {
    ...Object.assign({}, ...refusals.map((refusal) => words[refusal])),
    ...(password && { password }),
    ...(isBlank(typed.name) && { name: 'missing' }),
    ...(isBlank(typed.email) && { email: 'missing' }),
    ...(typed.password === '' && { password: { reason: 'missing' } as const }),
  }
  return Object.keys(problems).length === 0 ? undefined : problems
}
