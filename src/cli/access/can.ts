import { can } from '../../access/can.ts'
import { OWN_API, ownPermissions } from '../../access/permission.ts'
import { enterOrganisation, inTransaction } from '../../db/transaction.ts'
import { AppError } from '../../errors/app-error.ts'
import { ExitCode } from '../../errors/exit-code.ts'
import { defineId } from '../../lib/ids.ts'
import type { MemberId } from '../../orgs/memberships/membership.ts'
import { findSeat } from '../../orgs/seats/store.ts'
import type { ProgramsAtWork } from '../api-key/with-programs.ts'
import type { Output } from '../output.ts'
import { findPerson } from '../user/find.ts'
import { apiNamed, organisationNamed } from './find.ts'

interface Question {
  readonly member: string
  readonly permission: string
  readonly org: string
  readonly api: string | undefined
}

const userId = defineId('usr')
const serviceAccountId = defineId('sva')

/** Whether, and by which role: what a token for this member would say at this moment. */
export async function explainAccess(at: ProgramsAtWork, { member, permission, org, api }: Question): Promise<Output> {
  const who = await memberId(at, member)
  const organisation = await organisationNamed(at, org)
  const audience = api === undefined ? undefined : await apiNamed(at, api)
  const place = audience?.audience ?? OWN_API
  const known = audience?.scopes ?? Object.keys(ownPermissions)
  if (!known.includes(permission))
    throw new AppError('usage-error', {
      detail: `There is no permission called ${permission} at ${place}.`,
      cure: `Give one of: ${known.join(', ') || 'none; the API has no scopes'}.`,
    })
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

async function memberId({ people }: ProgramsAtWork, text: string): Promise<MemberId> {
  if (userId.is(text) || serviceAccountId.is(text)) return text
  if (text.includes('@')) return (await findPerson(people, text)).id
  throw new AppError('usage-error', {
    detail: `${text} is neither an e-mail address nor the id of a person or of a service account.`,
    cure: 'hearthkey member list --org <organisation> shows who works there, with ids.',
  })
}
