import cluster from 'node:cluster'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startWorkers } from '../../src/instance/workers.ts'
import { frozenClock } from '../support/clock.ts'
import { captureLog } from '../support/log.ts'

type Behaviour = 'mortal' | 'polite' | 'first-dies' | 'stubborn'

async function standIns(
  behaviour: Behaviour,
  { deathsPerMinute = 10, stopDeadlineMs = 5_000 }: { deathsPerMinute?: number; stopDeadlineMs?: number } = {},
) {
  const directory = await mkdtemp(join(tmpdir(), 'hearthkey-workers-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const exec = join(import.meta.dirname, 'stand-in-child.ts')
  cluster.setupPrimary({ exec, args: [behaviour, directory], execArgv: [], silent: true })
  const clock = frozenClock()
  const captured = captureLog()
  const start = async () => {
    const workers = await startWorkers({ count: 2, clock, log: captured.log, stopDeadlineMs, deathsPerMinute })
    onTestFinished(() => workers.stop())
    return workers
  }
  return { directory, clock, start, ...captured }
}

/** The cluster strikes off a dead one when its pipe has closed too, which on a busy machine is later. */
const living = () =>
  Object.values(cluster.workers ?? {}).flatMap((worker) =>
    worker?.isDead() === false ? (worker.process.pid ?? []) : [],
  )
const deaths = (lines: Record<string, unknown>[]) => lines.filter(({ msg }) => String(msg).startsWith('a worker died'))

describe('workers that die', () => {
  it('as fast as they are replaced end the instance, by name, and leave nobody behind', async () => {
    const { directory, start, lines } = await standIns('mortal', { deathsPerMinute: 4 })
    const workers = await start()
    expect(living()).toHaveLength(2)
    await writeFile(join(directory, 'die'), '')
    expect(await workers.failed).toMatchObject({ code: 'workers-failed', detail: '4 workers died within a minute.' })
    expect(deaths(lines()).slice(0, 4)).toEqual(
      Array.from({ length: 4 }, () => expect.objectContaining({ level: 'error', exitCode: 3, signal: null })),
    )
    await workers.stop()
    expect(living()).toEqual([])
  })

  it('now and then are replaced for ever', async () => {
    const { clock, start, lines } = await standIns('mortal', { deathsPerMinute: 2 })
    const workers = await start()
    let failed = false
    void workers.failed.then(() => {
      failed = true
    })
    for (const round of [1, 2, 3]) {
      const [victim = 0] = living()
      process.kill(victim, 'SIGKILL')
      await expect.poll(() => deaths(lines()).length).toBe(round)
      await expect.poll(() => living().filter((pid) => pid !== victim)).toHaveLength(2)
      clock.advance(61_000)
    }
    expect(failed).toBe(false)
  })

  it('are replaced although they ended well, when nobody here asked them to', async () => {
    const { start, lines } = await standIns('polite')
    await start()
    const [asked = 0] = living()
    process.kill(asked, 'SIGTERM')
    await expect.poll(() => deaths(lines())).toMatchObject([{ pid: asked, exitCode: 0 }])
    await expect.poll(() => living().filter((pid) => pid !== asked)).toHaveLength(2)
  })

  it('before they serve end the start, and the others with it', async () => {
    const { start, lines } = await standIns('first-dies')
    await expect(start()).rejects.toMatchObject({ code: 'workers-failed' })
    expect(deaths(lines())).toMatchObject([{ exitCode: 3 }])
    expect(living()).toEqual([])
  })
})

describe('a stop', () => {
  it('ends a worker that does not stop in time', async () => {
    const { start, text } = await standIns('stubborn', { stopDeadlineMs: 200 })
    const workers = await start()
    await workers.stop()
    expect(living()).toEqual([])
    expect(text().match(/did not stop in time/g)).toHaveLength(2)
  })

  it('is no death, and nobody is replaced', async () => {
    const { start, lines } = await standIns('polite')
    const workers = await start()
    await Promise.all([workers.stop(), workers.stop()])
    expect(deaths(lines())).toEqual([])
    expect(living()).toEqual([])
  })
})
