import type { Person, ReadAddress } from '../ports.ts'

export type Addressee = 'theirs' | 'unverified' | 'other'

/** An address that nobody has proven links nothing, whoever holds the letter (threat 22). */
export const addressedTo = (readAddress: ReadAddress) => {
  const identityOf = (email: string) => {
    const address = readAddress(email)
    return address.ok ? address.value.identity : undefined
  }
  return (invitation: { readonly email: string }, account: Pick<Person, 'email' | 'emailVerified'>): Addressee => {
    const identity = identityOf(invitation.email)
    if (identity === undefined || identityOf(account.email) !== identity) return 'other'
    return account.emailVerified ? 'theirs' : 'unverified'
  }
}
