const requests = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** For work that must clean up when it is stopped: the first request aborts the signal, a second one ends the process. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  for (const signal of requests) process.once(signal, stop)
  try {
    return await work(stopping.signal)
  } finally {
    for (const signal of requests) process.off(signal, stop)
  }
}
