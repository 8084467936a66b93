export interface Figure {
  readonly name: string
  readonly unit: string
  readonly samples: readonly number[]
  /** What was promised; a figure without one is told for the reader alone. */
  readonly bound?: { readonly atMost: number } | { readonly atLeast: number }
}

export interface Bench {
  readonly promise: string
  run(): Promise<Figure[]>
}

export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** Above 1 the goal is missed, by that factor; no sample at all is a miss, never a pass. */
export function shareOfBound({ samples, bound }: Figure): number | undefined {
  if (bound === undefined) return undefined
  const value = median(samples)
  const share = 'atMost' in bound ? (value === 0 ? 0 : value / bound.atMost) : bound.atLeast / value
  return Number.isNaN(share) ? Number.POSITIVE_INFINITY : share
}

export const isMissed = (figure: Figure): boolean => (shareOfBound(figure) ?? 0) > 1

const number = (value: number) =>
  Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3)

function line(figure: Figure): string[] {
  const { name, unit, samples, bound } = figure
  const share = shareOfBound(figure)
  const told = `${number(Math.min(...samples))} / ${number(median(samples))} / ${number(Math.max(...samples))}`
  if (bound === undefined || share === undefined) return [name, `${told} ${unit}`, '', '', '']
  const promised = 'atMost' in bound ? `≤ ${bound.atMost}` : `≥ ${bound.atLeast}`
  return [name, `${told} ${unit}`, promised, share.toFixed(2), isMissed(figure) ? 'MISS' : 'pass']
}

const heading = ['', 'min / median / max', 'goal', 'share of bound', '']

export function table(figures: readonly Figure[]): string {
  const rows = [heading, ...figures.map(line)]
  const widths = heading.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
