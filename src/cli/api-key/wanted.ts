import { InvalidArgumentError } from 'commander'
import { OWN_API } from '../../access/permission.ts'
import type { PermissionSet } from '../../api-keys/ports.ts'
import { measureDuration } from '../../config/values/quantity.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Id } from '../../lib/ids.ts'
import { serviceAccountId } from '../../service-accounts/service-account.ts'
import { apiNamed } from '../access/find.ts'
import { findPerson } from '../user/find.ts'
import type { ProgramsAtWork } from './with-programs.ts'

export function toDuration(text: string): number {
  try {
    return measureDuration(text)
  } catch {
    throw new InvalidArgumentError('Expected a duration such as 12h or 90d.')
  }
}

export const toLifetime = (text: string): number | 'never' => (text === 'never' ? 'never' : toDuration(text))

export function toCount(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1 upwards.')
  return Number(text)
}

/** `invoices:read` at the API that was named before it, or at our own. */
export async function permissionsWanted(
  at: ProgramsAtWork,
  names: readonly string[],
  audience: string | undefined,
): Promise<PermissionSet> {
  return { [audience === undefined ? OWN_API : (await apiNamed(at, audience)).id]: names }
}

/** A person by id or address, a program by id. */
export async function ownerNamed(
  { people, serviceAccounts }: ProgramsAtWork,
  who: string,
): Promise<Id<'usr'> | Id<'sva'>> {
  if (!serviceAccountId.is(who)) return (await findPerson(people, who)).id
  const account = await serviceAccounts.find(who)
  if (!account) throw new AppError('service-account-not-found', { detail: `No service account has the id ${who}.` })
  return account.id
}
