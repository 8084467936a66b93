/**
 * Digits as people type and paste them: in groups, with a dash, from a keyboard that writes them full-width. Undefined for
 * what is not so many digits.
 */
export function typedDigits(typed: string, count: number): string | undefined {
  // Nobody types more; what is longer is not worth the work.
  if (typed.length > 100) return undefined
  const digits = typed.normalize('NFKC').replaceAll(/[\s\p{Pd}]/gu, '')
  return digits.length === count && /^[0-9]*$/.test(digits) ? digits : undefined
}
