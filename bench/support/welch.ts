const mean = (samples: readonly number[]) => samples.reduce((sum, each) => sum + each, 0) / samples.length
const variance = (samples: readonly number[]) => {
  const middle = mean(samples)
  return samples.reduce((sum, each) => sum + (each - middle) ** 2, 0) / (samples.length - 1)
}

/** Slow outliers are the machine's and hide what a secret costs: above this share of both arms together nothing counts. */
const KEPT = 0.9

/** Welch's t of two arms: beyond 4.5, they differ by more than chance would let them. */
export function welchT(one: readonly number[], other: readonly number[]): number {
  const all = [...one, ...other].toSorted((a, b) => a - b)
  const most = all[Math.floor(all.length * KEPT)] ?? Number.POSITIVE_INFINITY
  const [a, b] = [one, other].map((arm) => arm.filter((each) => each <= most))
  if (!a || !b || a.length < 2 || b.length < 2) return Number.NaN
  return (mean(a) - mean(b)) / Math.sqrt(variance(a) / a.length + variance(b) / b.length)
}
