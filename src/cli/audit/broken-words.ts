import type { FoundBreak } from '../../audit/acknowledging/service.ts'
import type { Break } from '../../audit/verify/acknowledgement.ts'
import type { Summary } from '../../audit/verify/verdict.ts'
import { countInWords } from '../breach-list/quantity.ts'

/** Nobody is to take a log that was broken for one that never was. */
export const acknowledgedLines = ({ acknowledged }: Summary): string[] =>
  acknowledged.flatMap(({ seq, at, by, reason, breaks }) => [
    `THE LOG WAS BROKEN, which an operator (${by}) acknowledged at ${at}, as the entry ${countInWords(seq)} says: ${reason}`,
    ...breaks.map((one) => `  ${placeOf(one)}: ${one.wrong}, ${one.detail}`),
  ])

const placeOf = ({ what, seq, to, is }: Break): string => {
  if (what === 'stray') return `event ${is}`
  return to === null || to === seq
    ? `entry ${countInWords(seq)}`
    : `entries ${countInWords(seq)} to ${countInWords(to)}`
}

export const foundLine = ({ between: { before, after }, ...one }: FoundBreak): string =>
  `  ${placeOf(one)} (${betweenOf(before, after)}): ${one.wrong}, ${one.detail}`

const betweenOf = (before: number | null, after: number | null): string => {
  if (before === null)
    return after === null ? 'no head is signed' : `before the first signed head at ${countInWords(after)}`
  return after === null
    ? `behind the last signed head at ${countInWords(before)}`
    : `between the signed heads at ${countInWords(before)} and ${countInWords(after)}`
}
