import { InvalidArgumentError } from 'commander'
import type { Organisation } from '../../orgs/org.ts'
import type { CliContext } from '../context.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** Days; `default`: as long as the log of the instance. */
export type Retention = number | 'default'

export function toRetention(text: string): Retention {
  if (text === 'default') return text
  if (!/^[1-9]\d{0,4}$/.test(text) || Number(text) > 36_500)
    throw new InvalidArgumentError('Expected days, from 1 to 36500, or: default.')
  return Number(text)
}

export const toDays = (wanted: Retention): number | null => (wanted === 'default' ? null : wanted)

/** What the next nights take out of a log comes back from nowhere. */
export async function confirmForgetting(
  context: CliContext,
  { slug, auditRetentionDays }: Organisation,
  wanted: Retention,
): Promise<void> {
  const usual = context.config().audit.retention / DAY_MS
  const after = toDays(wanted) ?? usual
  if (after >= (auditRetentionDays ?? usual)) return
  await context.confirm(
    `Of what happened in ${slug}, all that is older than ${after} days is removed for good, from tonight on.`,
  )
}
