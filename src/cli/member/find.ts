import { defineId } from '../../lib/ids.ts'
import type { MemberId } from '../../orgs/memberships/membership.ts'
import type { ProgramsAtWork } from '../api-key/with-programs.ts'
import { findPerson } from '../user/find.ts'

const serviceAccountId = defineId('sva')

/** A person by id or address, a service account by id. */
export const memberNamed = async ({ people }: ProgramsAtWork, who: string): Promise<MemberId> =>
  serviceAccountId.is(who) ? who : (await findPerson(people, who)).id
