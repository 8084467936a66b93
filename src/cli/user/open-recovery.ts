import { AppError } from '../../errors/app-error.ts'
import type { OpeningRefusal } from '../../factor-recovery/service.ts'
import type { User } from '../../users/user.ts'
import type { Output } from '../output.ts'
import { findPerson } from './find.ts'
import type { PeopleAtWork } from './with-people.ts'

export interface Verified {
  readonly verifiedBy: string
  readonly how: string
}

/** Nobody of an organisation comes here: whoever holds the host does, for whoever administers the instance. */
export async function openRecovery(
  people: PeopleAtWork,
  who: string,
  verified: Verified,
  confirm: (question: string) => Promise<void>,
): Promise<Output> {
  const user = await findPerson(people, who)
  await confirm(
    `Whoever opens the link takes all passkeys, apps and codes of ${user.email} away, once its time has come. ${user.email} is told now and may stop it.`,
  )
  const opened = await people.factorRecovery.open(people.by, { user: user.id, ...verified })
  if (!opened.ok) throw refusal(opened.error, user)
  const { url, opensAt, until, told, replaced } = opened.value
  const text = [
    url.reveal(),
    '',
    `It opens at ${opensAt.toISOString()} and works once, until ${until.toISOString()}. Before that it does nothing.`,
    `Told, with the same link and one that stops it: ${told.join(', ')}`,
    ...(replaced ? ['The one that was open before opens nothing any more.'] : []),
    'Hand it to that person alone, by a way that nobody else can read.',
  ]
  return { text: text.join('\n'), json: { user: user.id, url: url.reveal(), opensAt, until, told, replaced } }
}

function refusal(why: OpeningRefusal, user: User): AppError {
  switch (why) {
    case 'not-found':
      return new AppError('user-not-found')
    case 'disabled':
      return new AppError('usage-error', {
        detail: `${user.email} is disabled: new factors would let nobody in.`,
        cure: `Enable the account first: hearthkey user enable ${user.id}`,
      })
    case 'verified-by-invalid':
      return invalid('--verified-by', 'who has made sure that it is that person, such as "Grace Hopper, help desk"')
    case 'how-invalid':
      return invalid('--how', 'how they made sure, such as "called back at the number in the staff list"')
  }
}

const invalid = (option: string, what: string) =>
  new AppError('usage-error', {
    detail: `${option} is empty, longer than 500 characters, or more than a line.`,
    cure: `Say ${what}.`,
  })
