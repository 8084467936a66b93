import { randomFillSync } from 'node:crypto'

const POOL_BYTES = 4096
const pool = Buffer.allocUnsafeSlow(POOL_BYTES)
let used = POOL_BYTES

/**
 * Drawn in bulk, since a draw costs more than what it is for: an event takes four. Each byte is handed out once, and is not
 * kept. For what others may see (ids, nonces): keys and tokens are drawn by themselves.
 */
export function fillRandomly(target: Uint8Array): void {
  if (target.length > POOL_BYTES) throw new RangeError(`${POOL_BYTES} random bytes at most`)
  if (used + target.length > POOL_BYTES) {
    randomFillSync(pool)
    used = 0
  }
  const end = used + target.length
  target.set(pool.subarray(used, end))
  pool.fill(0, used, end)
  used = end
}
