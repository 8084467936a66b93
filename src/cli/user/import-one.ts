import type { HashedPassword } from '../../credentials/password/password.ts'
import { attempt } from '../../db/attempt.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { Secret } from '../../lib/secret.ts'
import type { CreateRefusal } from '../../users/create.ts'
import type { ImportRecord } from './import-record.ts'
import type { PeopleAtWork } from './with-people.ts'

export type Imported =
  | { readonly kind: 'created' }
  /** There is somebody with this address already: nothing of them is changed. */
  | { readonly kind: 'skipped' }
  | { readonly kind: 'refused'; readonly why: string }

const refused = (why: string): Imported => ({ kind: 'refused', why })

const words: Readonly<Record<Exclude<CreateRefusal, 'email-taken'>, string>> = {
  'email-invalid': 'email: not an address that can be used here',
  'name-invalid': 'name: expected 1 to 200 characters on one line, without control characters',
}

/** A transaction for each: what was imported stays, whatever comes after it, and the next run skips it. */
export async function importOne(
  people: PeopleAtWork,
  { passwordHash, ...person }: ImportRecord,
  { dryRun }: { readonly dryRun: boolean },
): Promise<Imported> {
  const { users, passwords, db, by } = people
  const newcomer = { email: person.email, name: person.name, emailVerified: person.emailVerified ?? false }
  const [problem] = users.problemsOf(newcomer)
  if (problem && problem !== 'email-taken') return refused(words[problem])
  const password = hashIn(people, passwordHash)
  if (!password.ok) return refused(password.error)
  if (await users.findByEmail(newcomer.email)) return { kind: 'skipped' }
  if (dryRun) return { kind: 'created' }

  const created = await attempt(db, async (tx) => {
    const user = await users.createIn(tx, by, newcomer)
    if (user.ok && password.value) await passwords.store(tx, by, user.value.id, password.value)
    return user
  })
  if (created.ok) return { kind: 'created' }
  return created.error === 'email-taken' ? { kind: 'skipped' } : refused(words[created.error])
}

function hashIn({ passwords }: PeopleAtWork, hash: string | undefined): Result<HashedPassword | undefined, string> {
  if (hash === undefined) return ok(undefined)
  const read = passwords.adopt(new Secret(hash))
  if (read.ok) return read
  return read.error.reason === 'unreadable'
    ? fail('passwordHash: not a hash of bcrypt, scrypt, PBKDF2 or Argon2 as docs/guides/importing-people.md shows them')
    : fail(`passwordHash: to check it would hold up a sign-in for too long: ${read.error.excess}`)
}
