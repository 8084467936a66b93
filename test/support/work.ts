/**
 * How many milliseconds of a processor this thread has had since: for what may cost no more than so much, whatever else the
 * machine does meanwhile. What is waited for does not count, nor what other threads do.
 */
export function workSince(): () => number {
  const before = process.threadCpuUsage()
  return () => {
    const { user, system } = process.threadCpuUsage(before)
    return (user + system) / 1000
  }
}
