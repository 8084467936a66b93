import { expect, it } from 'vitest'
import { judgeUse } from '../../../src/oidc/refresh/use.ts'

const at = new Date('2030-01-15T12:00:00.000Z')
const after = (ms: number) => new Date(at.getTime() + ms)

it.each([
  { uses: 1, successor: 'absent', ms: 0, window: 10_000, use: 'first' },
  { uses: 1, successor: 'absent', ms: 0, window: 0, use: 'first' },
  { uses: 2, successor: 'unused', ms: 0, window: 10_000, use: 'retry' },
  { uses: 50, successor: 'unused', ms: 9999, window: 10_000, use: 'retry' },
  { uses: 2, successor: 'unused', ms: 10_000, window: 10_000, use: 'replay' },
  { uses: 2, successor: 'used', ms: 1, window: 10_000, use: 'replay' },
  { uses: 2, successor: 'absent', ms: 1, window: 10_000, use: 'replay' },
  { uses: 2, successor: 'unused', ms: 0, window: 0, use: 'replay' },
  // Two instances whose clocks differ: the one behind has not come as far as the first use.
  { uses: 2, successor: 'unused', ms: -500, window: 10_000, use: 'retry' },
  { uses: 2, successor: 'unused', ms: -500, window: 0, use: 'replay' },
  { uses: 50, successor: 'unused', ms: -9999, window: 10_000, use: 'retry' },
  // A clock that was set back opens no window anew.
  { uses: 2, successor: 'unused', ms: -10_000, window: 10_000, use: 'replay' },
  { uses: 2, successor: 'unused', ms: -3_600_000, window: 10_000, use: 'replay' },
] as const)('use $uses, $ms ms after the first, window $window, successor $successor: $use', (given) => {
  const { uses, successor, ms, window, use } = given
  expect(judgeUse({ firstUsedAt: at, uses, successor }, after(ms), window)).toBe(use)
})
