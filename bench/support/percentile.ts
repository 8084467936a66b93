export const p99 = (samples: readonly number[]): number =>
  samples.toSorted((a, b) => a - b)[Math.floor((samples.length - 1) * 0.99)] ?? Number.NaN
