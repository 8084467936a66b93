import type { Translate } from '../../ui/messages/translator.ts'
import { momentIn } from '../../ui/moment.ts'
import type { Sendable } from '../message.ts'
import { aside, type Content, type Entry, text } from './content.ts'
import { unlinked } from './unlinked.ts'

type Alerts = Extract<Sendable, { readonly name: 'alerts' }>

/** To whoever looks after the instance: what was found, about whom, and where to read on. */
export function alertsLetter(t: Translate, { alerts, more }: Alerts, operator: string): Omit<Content, 'why'> {
  const [first] = alerts
  const all = more.reduce((sum, { count }) => sum + count, alerts.length)
  const subject =
    all === 1 && first
      ? t('mail.alerts.subject.one', { operator, what: t(`alerts.${first.rule}`) })
      : t('mail.alerts.subject.other', { operator, count: String(all) })
  const inWords = ({ rule, count }: Alerts['more'][number]) => `${t(`alerts.${rule}`)} (${count})`
  // A log that does not verify is nothing that anybody expects.
  const isBroken = alerts.some(({ rule }) => rule === 'chain-broken')
  return {
    subject,
    title: t('mail.alerts.title'),
    blocks: [
      text(isBroken ? t('mail.alerts.lead') : `${t('mail.alerts.lead')} ${t('mail.alerts.expected')}`),
      { kind: 'entries', entries: alerts.map((alert) => entryOf(t, alert)) },
      ...(more.length > 0 ? [text(`${t('mail.alerts.more')} ${more.map(inWords).join(', ')}.`)] : []),
      aside(t('mail.alerts.look')),
    ],
  }
}

function entryOf(t: Translate, { rule, subject, organisation, at, event, count }: Alerts['alerts'][number]): Entry {
  const isOfLog = rule === 'chain-broken'
  return {
    title: t(`alerts.${rule}`),
    lines: [
      // Of the log itself its name says nothing: what to do does.
      isOfLog ? t('mail.alerts.verify') : unlinked(subject),
      ...(organisation === undefined ? [] : [t('mail.alerts.organisation', { organisation: unlinked(organisation) })]),
      ...(count === undefined ? [] : [t('mail.alerts.times', { count: String(count) })]),
    ],
    notes: [momentIn(at, t.language.tag), event],
  }
}
