import { z } from 'zod'
import { withForm } from './form.ts'

/** `90d`, `64kb`: a whole number and a unit, so that nobody guesses whether 90 means seconds or days. */
interface Scale {
  readonly noun: string
  readonly examples: string
  /** Ascending; each a multiple of the first. */
  readonly units: Readonly<Record<string, number>>
}

const duration: Scale = {
  noun: 'a duration',
  examples: '30s, 15m, 24h or 90d',
  units: { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 },
}

const size: Scale = {
  noun: 'a size',
  examples: '512b, 64kb or 1mb',
  units: { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 },
}

interface Range {
  readonly min: string
  readonly max: string
}

const patternOf = (scale: Scale) => new RegExp(`^([0-9]{1,9})(${Object.keys(scale.units).join('|')})$`)

function measure(scale: Scale, text: string): number {
  const [, count = '', unit = ''] = patternOf(scale).exec(text) ?? []
  const factor = scale.units[unit]
  if (factor === undefined) throw new TypeError(`not ${scale.noun}: ${text}`)
  return Number(count) * factor
}

function write(scale: Scale, value: number): string {
  const fitting = Object.entries(scale.units).filter(([, factor]) => value % factor === 0)
  const [unit, factor] = (value === 0 ? fitting[0] : fitting.at(-1)) ?? ['', 1]
  return `${value / factor}${unit}`
}

const quantity = (scale: Scale, { min, max }: Range) =>
  withForm(
    z
      .string()
      .regex(patternOf(scale))
      .transform((text) => measure(scale, text))
      .pipe(z.number().min(measure(scale, min)).max(measure(scale, max))),
    {
      says: `${scale.noun} from ${min} to ${max}`,
      suchAs: scale.examples,
      toText: (value) => write(scale, value),
    },
  )

/** For values that hold a duration in a text of their own. */
export const measureDuration = (text: string): number => measure(duration, text)
export const writeDuration = (milliseconds: number): string => write(duration, milliseconds)

/** Milliseconds in the program. */
export const durationBetween = (min: string, max: string) => quantity(duration, { min, max })

/** Bytes in the program; 1kb is 1024 of them. */
export const sizeBetween = (min: string, max: string) => quantity(size, { min, max })
