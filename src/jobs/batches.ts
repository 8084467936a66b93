/**
 * Removes in small steps what there may be millions of: no transaction is long, nobody waits for one, and a server that
 * stops does not wait for the rest. `once` takes at most `batch` rows, answers how many it took, and skips what somebody
 * else holds; it is done when it finds fewer.
 */
export async function inBatches(
  signal: AbortSignal,
  batch: number,
  once: (batch: number) => Promise<number>,
): Promise<number> {
  let total = 0
  for (;;) {
    const taken = await once(batch)
    total += taken
    if (taken < batch || signal.aborted) return total
  }
}
