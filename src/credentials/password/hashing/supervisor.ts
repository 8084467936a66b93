import type { Log } from '../../../lib/log.ts'
import { type ChildEngine, type ChildOptions, startChild } from './child-engine.ts'
import { type Engine, EngineLost, localEngine } from './engine.ts'

/** So many starts that failed, one after the other, mean that a child cannot run here. */
const STARTS = 3

/** Keeps one child alive from the first task on, and does without where none can run. */
export function supervisedChild(options: ChildOptions, log: Log): Engine {
  let current: Promise<Engine> | undefined
  let stopped = false
  /** While this process hashes by itself. */
  let retryAt: number | undefined

  async function start(): Promise<Engine> {
    for (let tries = 0; tries < STARTS; tries += 1) {
      if (stopped) throw new EngineLost()
      const child = await startChild(options).catch(() => undefined)
      if (child) return watch(child)
      log.warn('the process that hashes passwords did not start')
    }
    log.warn('passwords are hashed in this process: many sign-ins at once may delay other answers')
    // A machine that had no memory for a moment has some later.
    retryAt = performance.now() + options.retryAfterMs
    return localEngine
  }

  function watch(child: ChildEngine): Engine {
    void child.ended.then((end) => {
      if (stopped) return
      current = undefined
      log.error(end, 'the process that hashes passwords ended; another takes its place')
    })
    return child
  }

  return {
    run: async (task) => {
      if (stopped) throw new EngineLost()
      if (retryAt !== undefined && performance.now() > retryAt) {
        retryAt = undefined
        current = undefined
      }
      current ??= start()
      return (await current).run(task)
    },
    stop: async () => {
      stopped = true
      const engine = await current?.catch(() => undefined)
      await engine?.stop()
    },
  }
}
