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
  ['second', 1],
] as const

const MOST_DAYS = 30

/** As long ago as a person would say it: a server does not know what o'clock it is where its reader sits. */
export const Ago = ({ t, at, now }: AgoProps) => <time datetime={at.toISOString()}>{inWords(t, at, now)}</time>

function inWords({ language }: Translate, at: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - at.getTime()) / 1000))
  if (seconds > MOST_DAYS * 86_400)
    return new Intl.DateTimeFormat(language.tag, { dateStyle: 'long', timeZone: 'UTC' }).format(at)
  const [unit, size] = units.find(([, length]) => seconds >= length) ?? ['second', 1]
  const count = unit === 'second' ? 0 : Math.floor(seconds / size)
  return new Intl.RelativeTimeFormat(language.tag, { numeric: 'auto' }).format(-count, unit)
}
