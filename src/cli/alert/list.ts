import { type RaisedAlert, raisedAlerts } from '../../alerts/raised-store.ts'
import type { EventId } from '../../audit/event.ts'
import { en } from '../../ui/messages/areas/alerts.ts'
import type { CliContext } from '../context.ts'
import { withServices } from '../key/with-services.ts'
import type { Output } from '../output.ts'
import { plain } from '../plain.ts'
import { table } from '../table.ts'

interface ListOptions {
  readonly limit: number
  readonly before?: EventId
}

export const listAlerts = (context: CliContext, { limit, before }: ListOptions): Promise<Output> =>
  withServices(context, 'alert list', async ({ database }) => {
    const found = await raisedAlerts(database.owner, { limit: limit + 1, before })
    return describe(found.slice(0, limit), found.length > limit)
  })

function describe(alerts: readonly RaisedAlert[], more: boolean): Output {
  const last = alerts.at(-1)
  const json = {
    alerts: alerts.map((alert) => ({ ...alert, at: alert.at.toISOString(), what: en[`alerts.${alert.rule}`] })),
    ...(more && last && { before: last.id }),
  }
  if (alerts.length === 0) return { text: 'No alert was raised.', json }
  const rows = alerts.map(({ at, rule, subject, count, event }) => [
    at.toISOString(),
    en[`alerts.${rule}`] + (count === undefined ? '' : ` (${count})`),
    plain(subject),
    plain(event),
  ])
  const rest = more && last ? `\n\nThere are more: --before ${last.id}` : ''
  return { text: `${table(['at', 'alert', 'about', 'event'], rows)}${rest}`, json }
}
