import { measureDuration } from '../../config/values/quantity.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Policy } from '../../orgs/policy/policy.ts'
import { type PolicyProblem, policyFields, readPolicy } from '../../orgs/policy/read.ts'

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

/** A duration like those of the configuration: 8 alone would be taken for hours by one and for seconds by another. */
function seconds(where: string, text: string): unknown {
  if (/^\d+$/.test(text)) throw policyRefused([{ where, reason: `needs a unit: ${text}h, ${text}m or ${text}s` }])
  try {
    return Math.floor(measureDuration(text) / 1000)
  } catch {
    return text
  }
}

function readField(field: string, text: string): unknown {
  if (field === 'factors' || field === 'ipRanges') return list(text)
  return field === 'sessionMaxAge' || field === 'grace' ? seconds(field, text) : text
}

/** The policy of now, with `--set field=value` and `--clear field` laid over it. */
export function changedPolicy(policy: Policy, set: readonly string[], clear: readonly string[]): Policy {
  const written: Record<string, unknown> = { ...policy }
  for (const field of clear) {
    if (!policyFields.some((known) => known === field)) throw policyRefused([{ where: field, reason: 'is no field' }])
    delete written[field]
  }
  for (const assignment of set) {
    const [field = '', ...rest] = assignment.split('=')
    if (rest.length === 0) throw policyRefused([{ where: assignment, reason: 'is not of the form field=value' }])
    written[field] = readField(field, rest.join('='))
  }
  const read = readPolicy(written)
  if (!read.ok) throw policyRefused(read.error)
  return read.value
}
