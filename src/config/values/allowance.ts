import { z } from 'zod'
import { withForm } from './form.ts'
import { measureDuration, writeDuration } from './quantity.ts'

/** `10/15m`: so many at once; what is used comes back evenly over that time. */
export class Allowance {
  readonly count: number
  /** Milliseconds. */
  readonly window: number

  constructor(count: number, window: number) {
    this.count = count
    this.window = window
  }

  toString(): string {
    return `${this.count}/${writeDuration(this.window)}`
  }

  toJSON(): string {
    return this.toString()
  }
}

const MOST = 1_000_000
const LONGEST = measureDuration('24h')
const says = `how many in which time, at most ${MOST} in 24h, or off`

/** For tables in the program; a text that is none throws. */
export function allowanceIn(text: string): Allowance {
  const [, count, per = ''] = /^(\d{1,7})\/(\d+[smh])$/.exec(text) ?? []
  const allowance = new Allowance(Number(count), count === undefined ? 0 : measureDuration(per))
  const { window } = allowance
  if (!(allowance.count >= 1 && allowance.count <= MOST && window >= 1000 && window <= LONGEST))
    throw new TypeError(`not an allowance: ${text}`)
  return allowance
}

export const OFF = 'off'

export const allowance = () =>
  withForm(
    z.string().transform((text, context): Allowance | typeof OFF => {
      if (text === OFF) return OFF
      try {
        return allowanceIn(text)
      } catch {
        context.addIssue(`expected ${says}, such as 10/15m`)
        return z.NEVER
      }
    }),
    { says, suchAs: '10/15m' },
  )
