const MINUTE = { unit: 'minute', minutes: 1 } as const
const units = [{ unit: 'day', minutes: 24 * 60 }, { unit: 'hour', minutes: 60 }, MINUTE] as const

/** `30 minutes`, `2 days`: in the largest unit that says it exactly. */
export function lasting(minutes: number, language: string): string {
  const { unit, minutes: size } = units.find((candidate) => minutes % candidate.minutes === 0) ?? MINUTE
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(
    Math.floor(minutes / size),
  )
}
