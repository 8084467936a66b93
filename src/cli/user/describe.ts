import type { User } from '../../users/user.ts'
import type { Output } from '../output.ts'

const facts = ({ id, status, instanceRole, email, emailVerified, name, locale, createdAt }: User) => ({
  id,
  status,
  instanceRole,
  email,
  emailVerified,
  name,
  locale,
  createdAt,
})

export const describeUser = (text: string, user: User): Output => ({ text, json: { user: facts(user) } })

/** `more`: there are users after the last of these. */
export function describeUsers(users: readonly User[], more: boolean): Output {
  const next = more ? users.at(-1)?.id : undefined
  const lines = users.map(({ id, status, instanceRole, email, name }) =>
    [id, status.padEnd(8), (instanceRole ?? '').padEnd(5), email, ` ${name}`].join(' '),
  )
  return {
    text: [
      ...(users.length === 0 ? ['There are no users.'] : lines),
      ...(next ? ['', `There are more: hearthkey user list --after ${next}`] : []),
    ].join('\n'),
    json: { users: users.map(facts), next: next ?? null },
  }
}
