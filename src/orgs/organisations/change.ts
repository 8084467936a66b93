import { isDeepStrictEqual } from 'node:util'
import { type Asked, answerIn } from '../../db/asked.ts'
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
import { isQuota } from './create.ts'
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

type Changing = Pick<Organisation, 'name' | 'policy' | 'settings' | 'quota'>

const noDomain: ChangeRefusal = {
  reason: 'policy-invalid',
  problems: [{ where: 'membersFrom', reason: 'no domain of the organisation is verified yet, so nobody could join' }],
}

/** What no authority of an organisation is enough for: who may is judged before. */
const ofTheInstance = { allows: () => true }

export function changeOrganisation<By extends Acting>({ db, record, revoked }: OrganisationsDeps<By>) {
  /** What is as it was is no change, and no event. */
  async function write(
    by: By,
    asked: Asked<Pick<Authority, 'allows'>>,
    id: OrgId,
    change: (before: Organisation) => Result<Partial<Changing>, ChangeRefusal>,
    judge: (tx: Parameters<typeof hasVerifiedDomain>[0], after: Organisation) => Promise<ChangeRefusal | undefined>,
  ): Promise<Result<Organisation, ChangeRefusal>> {
    return changing(db, id, async (tx, before): Promise<Result<Organisation, ChangeRefusal>> => {
      if (!(await answerIn(tx, asked)).allows('organisation.manage')) return fail('forbidden')
      const changed = change(before)
      if (!changed.ok) return changed
      const after = { ...before, ...changed.value }
      if (isDeepStrictEqual(before, after)) return ok(after)
      const refusal = await judge(tx, after)
      if (refusal) return fail(refusal)
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
    })
  }

  return {
    update: async (
      by: By,
      asked: Asked<Authority>,
      id: OrgId,
      { name, policy, settings }: Change,
    ): Promise<Result<Organisation, ChangeRefusal>> => {
      const parsed = name === undefined ? undefined : parseOrgName(name)
      return write(
        by,
        asked,
        id,
        (before) => {
          if (parsed && !parsed.ok) return parsed
          const read = policy && changedPolicy(before.policy, policy)
          if (read && !read.ok) return fail({ reason: 'policy-invalid', problems: read.error })
          const set = changedSettings(before.settings, settings ?? {})
          if (!set.ok) return fail({ reason: 'setting-invalid', problem: set.error })
          return ok({
            ...(parsed && { name: parsed.value }),
            ...(read && { policy: read.value }),
            settings: set.value,
          })
        },
        async (tx, after) =>
          policy && after.policy.membersFrom === 'verified-domains' && !(await hasVerifiedDomain(tx, id))
            ? noDomain
            : undefined,
      )
    },
    setQuota: async (
      by: By,
      id: OrgId,
      quota: number | null,
    ): Promise<Result<Organisation, 'not-found' | 'quota-invalid'>> => {
      if (quota !== null && !isQuota(quota)) return fail('quota-invalid')
      const done = await write(
        by,
        ofTheInstance,
        id,
        () => ok({ quota }),
        async () => undefined,
      )
      return done.ok ? done : fail('not-found')
    },
  }
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
