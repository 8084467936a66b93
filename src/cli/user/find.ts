import { AppError } from '../../errors/app-error.ts'
import type { User } from '../../users/user.ts'
import { userId } from '../../users/user.ts'
import type { PeopleAtWork } from './with-people.ts'

/** By id or by address, whichever the operator has at hand. */
export async function findPerson({ users }: Pick<PeopleAtWork, 'users'>, who: string): Promise<User> {
  const user = userId.is(who) ? await users.find(who) : await users.findByEmail(who)
  if (!user) throw new AppError('user-not-found', { detail: 'No user has that id or e-mail address.' })
  return user
}
