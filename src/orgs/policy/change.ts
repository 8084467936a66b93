import type { Result } from '../../lib/result.ts'
import type { Policy } from './policy.ts'
import { type PolicyProblem, policyFields, readPolicy } from './read.ts'

/**
 * By field, as somebody wrote it: `null` asks for nothing there any more, and what is not named stays. Whoever handed over
 * the whole of a policy would take back what others asked for since they read it.
 */
export type PolicyChange = Readonly<Record<string, unknown>>

const isField = (name: string): boolean => policyFields.some((known) => known === name)

/** Judged as a whole: what is right by itself may contradict what stands. */
export function changedPolicy(before: Policy, change: PolicyChange): Result<Policy, readonly PolicyProblem[]> {
  const named = Object.entries(change).filter(([, value]) => value !== undefined)
  const written = Object.entries({ ...before, ...Object.fromEntries(named) })
  return readPolicy(Object.fromEntries(written.filter(([field, value]) => value !== null || !isField(field))))
}
