import type { OwnerId } from './key.ts'
import type { Acting, Authority, Role } from './ports.ts'

interface Asked {
  readonly by: Acting
  readonly authority: Authority
  readonly owner: OwnerId
}

/** Proven at the edge; no id in a request makes anybody the owner (threats 24, 32). */
export const isOwn = ({ actor }: Acting, owner: OwnerId): boolean => actor.kind === 'person' && actor.id === owner

/** Whoever holds the host may do what an owner may, and stands in the log with the command. */
const isOperator = ({ actor }: Acting): boolean => actor.kind === 'operator'

/**
 * Whoever makes a key is shown it, and so acts as its owner: for a person that is the person, and no administrator. For a
 * program it is whoever looks after it, and has no less than it has.
 */
export function mayActAs({ by, authority, owner }: Asked, roles: readonly Role[]): boolean {
  if (isOperator(by)) return true
  return owner.startsWith('usr_')
    ? isOwn(by, owner) && authority.allows('api-keys.own')
    : authority.allows('service-accounts.manage') && authority.mayActOn(roles)
}

/** To see it, and to stop it. */
export const mayLookAfter = ({ by, authority, owner }: Asked): boolean =>
  isOwn(by, owner) ||
  isOperator(by) ||
  authority.allows('api-keys.manage') ||
  (owner.startsWith('sva_') && authority.allows('service-accounts.manage'))
