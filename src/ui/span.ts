import type { Translate } from './messages/translator.ts'

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const

/** "12 minutes", in the words of the language; rounded up, so that whoever comes back then is not sent away again. */
export function span(t: Translate, seconds: number): string {
  const [unit, size] = units.find(([, length]) => seconds >= 2 * length) ?? ['second', 1]
  const count = Math.max(1, Math.ceil(seconds / size))
  return new Intl.NumberFormat(t.language.tag, { style: 'unit', unit, unitDisplay: 'long' }).format(count)
}
