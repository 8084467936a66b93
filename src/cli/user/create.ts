import type { HashedPassword } from '../../credentials/password/password.ts'
import { attempt } from '../../db/attempt.ts'
import { Secret } from '../../lib/secret.ts'
import type { NewPerson } from '../../users/create.ts'
import type { User } from '../../users/user.ts'
import { passwordRefusal, personRefusal } from './refusal.ts'
import type { PeopleAtWork } from './with-people.ts'

/** What a shell puts behind the last line is not part of the password. */
export const passwordIn = (input: string): Secret<string> => new Secret(input.replace(/\r?\n$/, ''))

/** With both or with neither: nobody is created whose password was then refused. */
export async function createPerson(
  people: PeopleAtWork,
  person: NewPerson,
  password: Secret<string> | undefined,
): Promise<User> {
  const { users, passwords, db, by } = people
  const [problem] = users.problemsOf(person)
  if (problem) throw personRefusal(problem)
  const prepared = password && (await prepare(people, password, person))
  const created = await attempt(db, async (tx) => {
    const user = await users.createIn(tx, by, person)
    if (user.ok && prepared) await passwords.store(tx, by, user.value.id, prepared)
    return user
  })
  if (!created.ok) throw personRefusal(created.error)
  return created.value
}

async function prepare(
  { passwords }: PeopleAtWork,
  password: Secret<string>,
  person: NewPerson,
): Promise<HashedPassword> {
  const prepared = await passwords.prepare(password, { email: person.email, names: [person.name] })
  if (!prepared.ok) throw passwordRefusal(prepared.error)
  return prepared.value
}
