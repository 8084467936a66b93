import type { Config } from '../../config/config.ts'
import { alertRules } from '../../config/sections/alerts.ts'
import { en } from '../../ui/messages/areas/alerts.ts'
import type { Output } from '../output.ts'
import { plain } from '../plain.ts'
import { table } from '../table.ts'

/** What the configuration makes of them. */
export function describeRules({ alerts }: Config): Output {
  const rules = alertRules.map((rule) => ({
    rule,
    what: en[`alerts.${rule}`],
    raised: alerts.rules.includes(rule),
    letter: alerts.rules.includes(rule) && alerts.letters.includes(rule),
  }))
  const readers = alerts.mail?.join(', ') ?? 'the administrators of the instance'
  const rows = rules.map(({ rule, what, raised, letter }) => [rule, what, raised ? 'yes' : 'no', letter ? 'yes' : 'no'])
  return {
    text: `${table(['rule', 'when', 'raised', 'letter'], rows)}\n\nLetters go to ${plain(readers)}.`,
    json: { rules, readers: alerts.mail ?? null },
  }
}
