import type { UserId } from '../users/user.ts'
import type { Index, NormaliseEmail } from './ports.ts'

/** Under which name somebody is counted. 32 bytes, keyed: who reads them learns nothing. */
export interface Identities {
  /** Of what was typed: every spelling of an address is one (threats 16 and 23), and what is no address is one too. */
  email(typed: string): Buffer
  /** Of an account: all of its addresses are one, and a change of address takes no failures away. */
  person(user: UserId): Buffer
}

/** A novel in the field for the address is one text like any other. */
const MOST_CHARACTERS = 1000

export const identities = (index: Index, normalise: NormaliseEmail): Identities => ({
  email: (typed) => {
    const address = normalise(typed)
    if (address !== undefined) return index.exact('users.email', address)
    return index.exact('guard.text', typed.slice(0, MOST_CHARACTERS).normalize('NFKC').trim().toLowerCase())
  },
  person: (user) => index.exact('guard.person', user),
})
