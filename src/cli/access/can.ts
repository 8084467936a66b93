import { can } from '../../access/can.ts'
import { OWN_API } from '../../access/permission.ts'
import { enterOrganisation, inTransaction } from '../../db/transaction.ts'
import { AppError } from '../../errors/app-error.ts'
import { ExitCode } from '../../errors/exit-code.ts'
import { defineId } from '../../lib/ids.ts'
import type { MemberId } from '../../orgs/memberships/membership.ts'
import { findSeat } from '../../orgs/seats/store.ts'
import type { Output } from '../output.ts'
import { apiNamed, organisationNamed } from './find.ts'
import type { AccessAtWork } from './with-access.ts'

interface Question {
  readonly member: string
  readonly permission: string
  readonly org: string
  readonly api: string | undefined
}

const userId = defineId('usr')
const serviceAccountId = defineId('sva')

/** Whether, and by which role: what a token for this member would say at this moment. */
export async function explainAccess(at: AccessAtWork, { member, permission, org, api }: Question): Promise<Output> {
  const who = memberId(member)
  const organisation = await organisationNamed(at, org)
  const audience = api === undefined ? undefined : await apiNamed(at, api)
  const place = audience?.audience ?? OWN_API
  return inTransaction(at.services.database.app, async (tx) => {
    const seat = await findSeat(tx, organisation.id, who)
    const roles = seat ? await at.access.rolesFor(await enterOrganisation(tx, organisation.id), seat.roles) : []
    const by = roles.filter((role) => can([role], permission, audience?.id)).map(({ key }) => key)
    const hindrance = hindranceOf(seat)
    const allowed = hindrance === undefined && by.length > 0
    const has = roles.map(({ key }) => key).join(', ') || 'none'
    const why = hindrance ?? (allowed ? `by ${by.join(', ')}` : `no role of theirs allows it (${has})`)
    return {
      text: `${who} ${allowed ? 'may' : 'may not'} ${permission} at ${place} in ${organisation.slug}: ${why}.`,
      json: { allowed, by, roles: roles.map(({ key }) => key), hindrance: hindrance ?? null },
      exit: allowed ? ExitCode.ok : ExitCode.findings,
    }
  })
}

function hindranceOf(seat: Awaited<ReturnType<typeof findSeat>>): string | undefined {
  if (!seat) return 'not a member'
  if (seat.organisation.status !== 'active') return 'the organisation is suspended'
  return seat.status === 'active' ? undefined : 'suspended there'
}

function memberId(text: string): MemberId {
  if (userId.is(text) || serviceAccountId.is(text)) return text
  throw new AppError('usage-error', {
    detail: 'That is not the id of a person or of a service account.',
    cure: 'hearthkey member list --org <organisation> shows who works there, with ids.',
  })
}
