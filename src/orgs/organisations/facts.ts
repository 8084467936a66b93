import type { Organisation } from '../org.ts'
import type { Policy } from '../policy/policy.ts'
import type { Facts } from '../ports.ts'

/** A policy as an event keeps it: what asks for nothing is not there. */
export const policyFacts = (policy: Policy): Facts =>
  Object.fromEntries(
    Object.entries(policy).map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : String(value)]),
  )

/** A company is no person: its name stays in the log of events when it goes. */
export const factsOf = ({ slug, name, status, template, policy, settings, quota }: Organisation): Facts => ({
  slug,
  name,
  status,
  template,
  policy: policyFacts(policy),
  settings,
  quota,
})
