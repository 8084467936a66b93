import { measureDuration } from '../../config/values/quantity.ts'
import { AppError } from '../../errors/app-error.ts'
import type { PolicyChange } from '../../orgs/policy/change.ts'
import { type PolicyProblem, policyFields } from '../../orgs/policy/read.ts'

export const policyRefused = (problems: readonly PolicyProblem[]): AppError =>
  new AppError('organisation-invalid', {
    detail: problems.map(({ where, reason }) => `${where} ${reason}`).join('\n'),
    cure: problems.some(
      ({ where }) => where === 'membersFrom' && /verified/.test(problems.map(({ reason }) => reason).join()),
    )
      ? 'Verify a domain first: hearthkey org domain add <organisation> <domain>. Nothing was changed.'
      : `A policy has the fields ${policyFields.join(', ')}; nothing was changed.`,
  })

const list = (text: string): string[] => text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))

type Refuse = (problems: readonly PolicyProblem[]) => AppError

/** A duration like those of the configuration: 8 alone would be taken for hours by one and for seconds by another. */
function seconds(where: string, text: string, refuse: Refuse): number {
  if (/^\d+$/.test(text)) throw refuse([{ where, reason: `needs a unit: ${text}h, ${text}m or ${text}s` }])
  try {
    return Math.floor(measureDuration(text) / 1000)
  } catch {
    throw refuse([{ where, reason: `is a whole number and a unit, like 12h or 14d; ${JSON.stringify(text)} is not` }])
  }
}

function readField(field: string, text: string, refuse: Refuse): unknown {
  if (field === 'factors' || field === 'ipRanges') return list(text)
  return field === 'sessionMaxAge' || field === 'grace' ? seconds(field, text, refuse) : text
}

/** What `--set field=value` and `--clear field` ask for. `refuse`: whose rule it is that is refused. */
export function policyChange(
  set: readonly string[],
  clear: readonly string[],
  refuse: Refuse = policyRefused,
): PolicyChange {
  const assigned = set.map((assignment): [string, unknown] => {
    const [field = '', ...rest] = assignment.split('=')
    if (rest.length === 0) throw refuse([{ where: assignment, reason: 'is not of the form field=value' }])
    return [field, readField(field, rest.join('='), refuse)]
  })
  return Object.fromEntries([...clear.map((field) => [field, null] as const), ...assigned])
}
