import type { Translate } from './messages/translator.ts'

interface AgoProps {
  readonly t: Translate
  readonly at: Date
  readonly now: Date
}

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

const MOST_DAYS = 30

/** As long ago as a person would say it: a server does not know what o'clock it is where its reader sits. */
export const Ago = ({ t, at, now }: AgoProps) => <time datetime={at.toISOString()}>{inWords(t, at, now)}</time>

function inWords(t: Translate, at: Date, now: Date): string {
  const { tag } = t.language
  const seconds = Math.max(0, Math.round((now.getTime() - at.getTime()) / 1000))
  if (seconds > MOST_DAYS * 86_400)
    return new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeZone: 'UTC' }).format(at)
  const [unit, size] = units.find(([, length]) => seconds >= length) ?? []
  if (unit === undefined) return t('ago.now')
  return new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }).format(-Math.floor(seconds / size), unit)
}
