import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { profilingInto } from './support/cpu-profile.ts'
import type { Bench, Figure } from './support/figures.ts'
import { temporaryHome } from './support/home.ts'
import { generateLoad } from './support/load.ts'
import { schedulerSecondsByThread } from './support/processes.ts'
import { timeByOwner } from './support/profile-shares.ts'
import { createProgram, tokenRequest } from './support/programs.ts'
import { startServer } from './support/server.ts'

const SECONDS = 8
const JAVASCRIPT = 'MainThread'

/** How much CPU each thread had says the kernel; what the one that runs JavaScript, and signs, did with its share says the profile. */
export const tokenProfile: Bench = {
  promise: 'What the CPU of the token endpoint goes into (for the reader alone)',
  async run(): Promise<Figure[]> {
    using home = temporaryHome()
    const folder = join(home.folder, 'profile')
    mkdirSync(folder)
    const started = performance.now()
    await using server = await startServer(home, { env: { LOG_LEVEL: 'info', NODE_OPTIONS: profilingInto(folder) } })
    const program = await createProgram(home)
    const asking = { url: `${server.origin}/oauth/token`, ...tokenRequest(server, program) }
    const load = { connections: 16, requests: 1_000_000, seconds: SECONDS }
    await generateLoad({ ...asking, ...load, seconds: SECONDS / 4 })
    const skipped = (performance.now() - started) / 1000
    const before = schedulerSecondsByThread(server.pid)
    const { answers } = await generateLoad({ ...asking, ...load })
    const after = schedulerSecondsByThread(server.pid)
    await server.stop()

    const threads = new Map([...after].map(([name, seconds]) => [name, seconds - (before.get(name) ?? 0)]))
    const javascript = threads.get(JAVASCRIPT) ?? Number.NaN
    const all = sum(threads.values())
    const owners = timeByOwner(folder, skipped)
    const profiled = sum(owners.values())
    const parts = new Map([...owners].map(([name, time]) => [name, (time / profiled) * javascript]))
    parts.set('other threads: compiler, collector, pool', all - javascript)
    const sorted = [...parts].toSorted(([, one], [, other]) => other - one)
    return [
      {
        name: 'a token, watched (to be watched costs something, too)',
        unit: 'CPU ms',
        samples: [(all / answers) * 1000],
      },
      ...sorted.map(([name, seconds]) => ({ name: `  ${name}`, unit: '% of it', samples: [(seconds / all) * 100] })),
    ]
  },
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, each) => total + each, 0)
