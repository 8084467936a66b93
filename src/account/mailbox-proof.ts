import type { Context } from 'hono'
import { z } from 'zod'
import type { Proof } from '../factors/factor.ts'
import type { HttpEnv } from '../http/env.ts'
import type { NotedForm, Notes } from '../http/input/notes.ts'
import type { Clock } from '../lib/clock.ts'
import type { User } from '../users/user.ts'
import { paths } from './paths.ts'
import type { Viewer } from './ports.ts'
import { isWithin } from './step-up.ts'

interface Whose {
  readonly viewer: Pick<Viewer, 'session'>
  readonly user: Pick<User, 'email'>
}

export interface MailboxProof {
  remember(c: Context<HttpEnv>, whose: Whose): Promise<void>
  /** In these minutes: by a code that was asked for here, or as the second factor of the sign-in. */
  isFresh(c: Context<HttpEnv>, whose: Whose & { readonly proofs: readonly Proof[] }): Promise<boolean>
}

const proven = z.object({ at: z.coerce.date() })

/**
 * Whoever has a stolen password and nothing else must not be the one who adds the first factor. Not among what the session
 * has proven: to have read one letter is no factor, and no application is to be told of one. So it is sealed, kept by the
 * browser, and good for this alone: of that session and of that address, for as long as a sensitive change is open.
 */
export function mailboxProof({ notes, clock }: { readonly notes: Notes; readonly clock: Clock }): MailboxProof {
  const noted = ({ viewer, user }: Whose): NotedForm<typeof proven> => ({
    shape: proven,
    path: paths.security,
    cookie: 'mailbox',
    about: `mailbox ${viewer.session} ${user.email}`,
  })
  return {
    remember: (c, whose) => notes.leave(c, noted(whose), { at: clock.now().toISOString() }),
    isFresh: async (c, { proofs, ...whose }) => {
      const now = clock.now()
      if (proofs.some(({ factor, at }) => factor === 'email-code' && isWithin(at, now))) return true
      return isWithin((await notes.read(c, noted(whose)))?.at, now)
    },
  }
}
