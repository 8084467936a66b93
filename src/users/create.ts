import type { Tx } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { parseEmail } from './email.ts'
import { parseName } from './name.ts'
import { placeOfAddress, placeOfName } from './open.ts'
import type { AssertRoom, RecordUserEvent, Seals } from './ports.ts'
import { countActiveUsers, insertPrimaryEmail, insertUser } from './store.ts'
import { emailId, type InstanceRole, type User, userId } from './user.ts'

export interface NewPerson {
  readonly email: string
  readonly name: string
  readonly instanceRole?: InstanceRole
  readonly emailVerified?: boolean
  readonly locale?: string
}

export type CreateRefusal = 'email-taken' | 'email-invalid' | 'name-invalid'

export const problemsOf = ({ name, email }: NewPerson): CreateRefusal[] =>
  [parseName(name), parseEmail(email)].flatMap((parsed) => (parsed.ok ? [] : [parsed.error]))

interface CreateDeps<By> {
  readonly seals: Seals
  readonly clock: Clock
  readonly record: RecordUserEvent<By>
  readonly assertRoom: AssertRoom
}

export const createUser =
  <By>({ seals, clock, record, assertRoom }: CreateDeps<By>) =>
  async (tx: Tx, by: By, person: NewPerson): Promise<Result<User, CreateRefusal>> => {
    const name = parseName(person.name)
    if (!name.ok) return name
    const email = parseEmail(person.email)
    if (!email.ok) return email
    await assertRoom(tx, () => countActiveUsers(tx))

    const user = newUser(person, name.value, email.value.address, clock.now())
    const [row, emailRow] = [userId.toUuid(user.id), emailId.generate()]
    const sealer = await seals.persons.create(tx, user.id)
    await insertUser(tx, {
      id: user.id,
      instanceRole: user.instanceRole,
      name: sealer.seal(placeOfName(row), user.name),
      locale: user.locale,
      at: user.createdAt,
    })
    const isFree = await insertPrimaryEmail(tx, {
      id: emailRow,
      user: user.id,
      address: sealer.seal(placeOfAddress(emailId.toUuid(emailRow)), user.email),
      index: seals.blindIndex.exact('users.email', email.value.identity),
      verifiedAt: user.emailVerified ? user.createdAt : null,
      at: user.createdAt,
    })
    if (!isFree) return fail('email-taken')
    await record(tx, by, {
      action: 'user.created',
      target: user.id,
      after: {
        public: { status: user.status, instanceRole: user.instanceRole, emailVerified: user.emailVerified },
        personal: { personId: user.id, fields: { email: user.email, name: user.name } },
      },
    })
    // Known by one word, whenever somebody becomes one: whoever waits for it need not read every new account.
    if (user.instanceRole === 'admin')
      await record(tx, by, {
        action: 'user.admin_granted',
        target: user.id,
        after: { public: { instanceRole: 'admin' } },
      })
    return ok(user)
  }

const newUser = (person: NewPerson, name: string, email: string, createdAt: Date): User => ({
  id: userId.generate(),
  status: 'active',
  instanceRole: person.instanceRole ?? null,
  email,
  emailDisowned: false,
  emailVerified: person.emailVerified ?? false,
  name,
  locale: person.locale ?? null,
  createdAt,
})
