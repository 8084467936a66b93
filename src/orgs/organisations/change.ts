import { isDeepStrictEqual } from 'node:util'
import { type Asked, answerIn } from '../../db/asked.ts'
import type { OrgTx } from '../../db/transaction.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { hasVerifiedDomain } from '../domains/store.ts'
import { changing } from '../in-organisation.ts'
import { parseOrgName } from '../name.ts'
import type { Organisation, OrgId } from '../org.ts'
import { changedPolicy, type PolicyChange } from '../policy/change.ts'
import type { PolicyProblem } from '../policy/read.ts'
import { type Acting, type Authority, type Facts, within } from '../ports.ts'
import { changedSettings, type SettingProblem, type SettingsChange } from '../settings.ts'
import { updateOrganisation } from '../store.ts'
import { policyFacts } from './facts.ts'
import type { OrganisationsDeps } from './service.ts'

export interface Change {
  readonly name?: string
  /** What is not named stays; `null` asks for nothing there any more. */
  readonly policy?: PolicyChange
  /** What is not named stays. */
  readonly settings?: SettingsChange
}

export type ChangeRefusal =
  | 'not-found'
  | 'forbidden'
  | 'name-invalid'
  | { readonly reason: 'policy-invalid'; readonly problems: readonly PolicyProblem[] }
  | { readonly reason: 'setting-invalid'; readonly problem: SettingProblem }

const noDomain: ChangeRefusal = {
  reason: 'policy-invalid',
  problems: [{ where: 'membersFrom', reason: 'no domain of the organisation is verified yet, so nobody could join' }],
}

/** In the transaction that holds the organisation. What is as it was is no change, and no event. */
export const changingIn =
  <By extends Acting>({ record, revoked }: Pick<OrganisationsDeps<By>, 'record' | 'revoked'>) =>
  async (
    tx: OrgTx,
    by: By,
    before: Organisation,
    change: Change,
    quota = before.quota,
  ): Promise<Result<Organisation, ChangeRefusal>> => {
    const changed = changedBy(before, change)
    if (!changed.ok) return changed
    const after = { ...before, ...changed.value, quota }
    if (isDeepStrictEqual(before, after)) return ok(after)
    const { id, policy } = after
    const isClosed = change.policy !== undefined && policy.membersFrom === 'verified-domains'
    if (isClosed && !(await hasVerifiedDomain(tx, id))) return fail(noDomain)
    await updateOrganisation(tx, after)
    const { was, is } = difference(before, after)
    await record(tx, within(by, id), {
      action: 'organisation.updated',
      target: id,
      before: { public: was },
      after: { public: is },
    })
    // What was issued before was judged by a policy that is no longer the one.
    if (was['policy'] !== undefined) await revoked(tx, { organisation: id, reason: 'policy-changed' })
    return ok(after)
  }

/** Only what it is known by: whoever hands over more changes no more. */
function changedBy(
  before: Organisation,
  { name, policy, settings }: Change,
): Result<Pick<Organisation, 'name' | 'policy' | 'settings'>, ChangeRefusal> {
  const parsed = name === undefined ? ok(before.name) : parseOrgName(name)
  if (!parsed.ok) return parsed
  const read = policy === undefined ? ok(before.policy) : changedPolicy(before.policy, policy)
  if (!read.ok) return fail({ reason: 'policy-invalid', problems: read.error })
  const set = changedSettings(before.settings, settings ?? {})
  if (!set.ok) return fail({ reason: 'setting-invalid', problem: set.error })
  return ok({ name: parsed.value, policy: read.value, settings: set.value })
}

export function changeOrganisation<By extends Acting>({ db, ...deps }: OrganisationsDeps<By>) {
  const changeIn = changingIn(deps)
  return (by: By, asked: Asked<Authority>, id: OrgId, change: Change): Promise<Result<Organisation, ChangeRefusal>> =>
    changing(db, id, async (tx, before): Promise<Result<Organisation, ChangeRefusal>> => {
      const authority = await answerIn(tx, asked)
      return authority.allows('organisation.manage') ? changeIn(tx, by, before, change) : fail('forbidden')
    })
}

function difference(before: Organisation, after: Organisation): { readonly was: Facts; readonly is: Facts } {
  const facts = (of: Organisation): Facts => ({
    ...(before.name !== after.name && { name: of.name }),
    ...(before.quota !== after.quota && { quota: of.quota }),
    ...(!isDeepStrictEqual(before.settings, after.settings) && { settings: of.settings }),
    ...(!isDeepStrictEqual(before.policy, after.policy) && { policy: policyFacts(of.policy) }),
  })
  return { was: facts(before), is: facts(after) }
}
