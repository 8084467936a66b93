import type { User } from '../../users/user.ts'
import type { Output } from '../output.ts'
import { table } from '../table.ts'

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
  const rows = users.map(({ id, status, instanceRole, email, name }) => [id, status, instanceRole ?? '', email, name])
  return {
    text: [
      users.length === 0 ? 'There are no users.' : table(['ID', 'STATE', 'ROLE', 'E-MAIL', 'NAME'], rows),
      ...(next ? ['', `There are more: hearthkey user list --after ${next}`] : []),
    ].join('\n'),
    json: { users: users.map(facts), next: next ?? null },
  }
}
