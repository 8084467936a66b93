/** What is wrong with each field of the form. The page has words for all of it. */
export interface SetupProblems {
  readonly name?: 'missing' | 'invalid'
  readonly email?: 'missing' | 'invalid' | 'taken'
  readonly password?: 'missing' | 'short' | 'long' | 'is-email'
}

const words = {
  'name-invalid': { name: 'invalid' },
  'email-invalid': { email: 'invalid' },
  'email-taken': { email: 'taken' },
  'too-short': { password: 'short' },
  'too-long': { password: 'long' },
  'is-email': { password: 'is-email' },
} as const satisfies Record<string, SetupProblems>

export type SetupRefusal = keyof typeof words

interface Typed {
  readonly name: string
  readonly email: string
  readonly password: string
}

const isBlank = (text: string) => text.trim() === ''

/** All at once, so that nobody mends one field to hear about the next; what is missing is called missing. */
export function problemsIn(typed: Typed, refusals: readonly SetupRefusal[]): SetupProblems | undefined {
  const problems: SetupProblems = {
    ...Object.assign({}, ...refusals.map((refusal) => words[refusal])),
    ...(isBlank(typed.name) && { name: 'missing' }),
    ...(isBlank(typed.email) && { email: 'missing' }),
    ...(typed.password === '' && { password: 'missing' }),
  }
  return Object.keys(problems).length === 0 ? undefined : problems
}
