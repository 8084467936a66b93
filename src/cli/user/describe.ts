import type { User, UserId } from '../../users/user.ts'
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

/** What stands between a person and a sign-in, or will. */
export interface Hindrances {
  readonly heldBack: ReadonlyMap<UserId, 'paused' | 'off'>
  readonly withPassword: ReadonlySet<UserId>
}

const inWords = { paused: 'paused', off: 'password off' } as const

function hindrancesOf({ id, emailVerified, emailDisowned }: User, { heldBack, withPassword }: Hindrances): string[] {
  const held = heldBack.get(id)
  return [
    ...(held ? [inWords[held]] : []),
    ...(withPassword.has(id) ? [] : ['no password']),
    ...(emailVerified ? [] : ['unverified']),
    ...(emailDisowned ? ['address not theirs'] : []),
  ]
}

/** What whoever opens such an account has to see to: nothing else tells that the mailbox is a stranger's. */
export const disownedHint = ({ id, email, emailDisowned }: User): readonly string[] =>
  emailDisowned
    ? [
        `Its owner said that ${email} is not their mailbox, so nothing is sent there. Hand them the link of hearthkey user recover ${id}; they sign in with that address once, and change it at /account/email.`,
      ]
    : []

/** `more`: there are users after the last of these. */
export function describeUsers(users: readonly User[], more: boolean, hindrances: Hindrances): Output {
  const next = more ? users.at(-1)?.id : undefined
  const rows = users.map((user) => {
    const { id, status, instanceRole, email, name } = user
    return [id, [status, ...hindrancesOf(user, hindrances)].join(', '), instanceRole ?? '', email, name]
  })
  return {
    text: [
      users.length === 0 ? 'There are no users.' : table(['ID', 'STATE', 'ROLE', 'E-MAIL', 'NAME'], rows),
      ...(next ? ['', `There are more: hearthkey user list --after ${next}`] : []),
    ].join('\n'),
    json: {
      users: users.map((user) => ({ ...facts(user), hindrances: hindrancesOf(user, hindrances) })),
      next: next ?? null,
    },
  }
}
