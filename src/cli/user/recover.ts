import { AppError } from '../../errors/app-error.ts'
import type { Output } from '../output.ts'
import { disownedHint } from './describe.ts'
import { findPerson } from './find.ts'
import type { PeopleAtWork } from './with-people.ts'

/** The last way in: where there is no mail, nobody left who can sign in, or nothing left to prove. At once, and on the record. */
export async function recoverPerson(
  people: PeopleAtWork,
  who: string,
  factors: 'kept' | 'taken-away',
  confirm: (question: string) => Promise<void>,
): Promise<Output> {
  const user = await findPerson(people, who)
  await confirm(
    `Whoever opens the link sets a new password for ${user.email}, and every device that is signed in to it is signed out.${factors === 'kept' ? '' : ' Its passkeys, authenticator apps and codes are taken away.'}`,
  )
  const issued = await people.recovery.issueFor(people.by, user, { factors })
  if (!issued.ok)
    throw new AppError('usage-error', {
      detail: `${user.email} is disabled: a new password would let nobody in.`,
      cure: `Enable the account first: hearthkey user enable ${user.id}`,
    })
  const { url, expiresAt } = issued.value
  const text = [
    url.reveal(),
    '',
    `It sets a new password for ${user.email}, once, until ${expiresAt.toISOString()}.`,
    factors === 'kept'
      ? 'Passkeys, authenticator apps and codes stay.'
      : 'Passkeys, authenticator apps and codes are taken away then, and the person is told by letter.',
    'Hand it to that person alone, by a way that nobody else can read.',
    ...disownedHint(user),
  ]
  return { text: text.join('\n'), json: { user: user.id, url: url.reveal(), expiresAt, factors } }
}
