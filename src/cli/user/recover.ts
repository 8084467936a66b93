import { AppError } from '../../errors/app-error.ts'
import type { Output } from '../output.ts'
import { findPerson } from './find.ts'
import type { PeopleAtWork } from './with-people.ts'

/** The way in that remains when there is no mail, or nobody left who can sign in. */
export async function recoverPerson(
  people: PeopleAtWork,
  who: string,
  confirm: (question: string) => Promise<void>,
): Promise<Output> {
  const user = await findPerson(people, who)
  await confirm(
    `Whoever opens the link sets a new password for ${user.email}, and every device that is signed in to it is signed out.`,
  )
  const issued = await people.recovery.issueFor(people.by, user)
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
    'Hand it to that person alone, by a way that nobody else can read.',
  ]
  return { text: text.join('\n'), json: { user: user.id, url: url.reveal(), expiresAt } }
}
