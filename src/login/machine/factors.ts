/** Every way to prove who one is, with its name in `amr` (RFC 8176). */
const factors = {
  password: { amr: 'pwd' },
} as const

export type Factor = keyof typeof factors
export const factorNames = ['password'] as const satisfies readonly Factor[]

export const amrOf = (proven: readonly { readonly factor: Factor }[]): string[] => [
  ...new Set(proven.map(({ factor }) => factors[factor].amr)),
]

/** One factor is the weakest level; what more of them make is said here when there are more. */
export const ACR = 'aal1'
