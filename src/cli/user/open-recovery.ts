import { inTransaction } from '../../db/transaction.ts'
import { AppError } from '../../errors/app-error.ts'
import type { OpeningRefusal } from '../../factor-recovery/service.ts'
import { secondFactorsOf } from '../../factors/held.ts'
import { findHeld } from '../../factors/store.ts'
import type { User } from '../../users/user.ts'
import type { Output } from '../output.ts'
import { findPerson } from './find.ts'
import type { PeopleAtWork } from './with-people.ts'

export interface Verified {
  readonly verifiedBy: string
  readonly how: string
  readonly untold?: true
}

/** Nobody of an organisation comes here: whoever holds the host does, for whoever administers the instance. */
export async function openRecovery(
  people: PeopleAtWork,
  who: string,
  verified: Verified,
  confirm: (question: string) => Promise<void>,
): Promise<Output> {
  const user = await findPerson(people, who)
  const hasNothing = secondFactorsOf(await inTransaction(people.db, (tx) => findHeld(tx, user.id))).length === 0
  // It may be the wrong account, or a password that was lost: then another command is the one.
  const warning = hasNothing
    ? `${user.email} has no passkey, no app and no codes that could have been lost. A lost password: hearthkey user recover ${user.email} --keep-factors`
    : undefined
  const telling = verified.untold
    ? `Nobody tells ${user.email}: you do, and they may stop it by the link in the letter that you can read on the host.`
    : `${user.email} is told now and may stop it.`
  await confirm(
    `${warning === undefined ? '' : `${warning}. `}Whoever opens the link takes all passkeys, apps and codes of ${user.email} away, once its time has come. ${telling}`,
  )
  const opened = await people.factorRecovery.open(people.by, { user: user.id, ...verified })
  if (!opened.ok) throw refusal(opened.error, user)
  const { url, opensAt, until, told, letter, replaced } = opened.value
  const text = [
    url.reveal(),
    '',
    `It opens at ${opensAt.toISOString()} and works once, until ${until.toISOString()}. Before that it does nothing.`,
    ...(told.length > 0
      ? [
          `A letter goes to ${told.join(', ')}, with the same link and one that stops it. The link opens nothing as long as that letter has not left: hearthkey outbox list`,
        ]
      : [
          `Nobody was told: this instance sends no mail. You have to tell ${user.email} yourself, now, by a way that is surely theirs. The letter for them, with the link that stops it: hearthkey outbox show ${letter}`,
        ]),
    ...(warning === undefined ? [] : [warning]),
    ...(replaced ? ['The one that was open before opens nothing any more.'] : []),
    'Hand it to that person alone, by a way that nobody else can read.',
  ]
  return { text: text.join('\n'), json: { user: user.id, url: url.reveal(), opensAt, until, told, letter, replaced } }
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
    case 'nobody-told':
      return new AppError('usage-error', {
        detail: `This instance sends no mail, so ${user.email} would not hear of it, and could not stop it.`,
        cure: 'Set mail.url (SMTP_URL). Or add --untold, which is recorded, and tell that person yourself at once.',
      })
    case 'told-by-mail':
      return new AppError('usage-error', {
        detail: 'This instance sends mail, so the person is told by letter: --untold is for those that send none.',
        cure: 'Leave --untold out.',
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
