/** How often `work` is done for each CPU second that this whole process takes, libuv's threads included. */
export async function timesPerCpuSecond(seconds: number, work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  const deadline = performance.now() + seconds * 1000
  let times = 0
  while (performance.now() < deadline) {
    await work()
    times++
  }
  const { user, system } = process.cpuUsage(before)
  return times / ((user + system) / 1e6)
}
