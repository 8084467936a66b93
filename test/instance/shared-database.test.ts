import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { findTarget, type HeldTarget, ownTarget, reachTarget } from '../../src/instance/target.ts'
import { dataDirectory, processesIn, query, seedDirectory } from '../db/embedded-support.ts'
import { testConfig } from '../support/config.ts'
import { captureLog } from '../support/log.ts'
import { undisturbedSince } from '../support/undisturbed.ts'

let seed: Awaited<ReturnType<typeof seedDirectory>>
beforeAll(async () => {
  seed = await seedDirectory()
})

const { log } = captureLog()
const configOf = (DATA_DIR: string) => testConfig({ DATA_DIR })
const answers = ({ target }: HeldTarget) =>
  target.kind === 'embedded' ? query(target.socketDir, 'SELECT 1 AS one') : undefined
const isRefused = { code: 'data-dir-in-use' }

/** Whether a promise is settled by now; what was due before this call has happened. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false
  void promise.then(() => {
    done = true
  })
  await new Promise(setImmediate)
  return done
}

describe('a command that started the database', () => {
  it('stops it only when the commands that found it are done', async () => {
    const dataDir = seed.copy()
    const first = await reachTarget(configOf(dataDir), log)
    const second = await reachTarget(configOf(dataDir), log)
    const released = first.release()
    expect(await answers(second)).toEqual([{ one: 1 }])
    expect(await settled(released)).toBe(false)
    await second.release()
    await released
    expect(processesIn(dataDir)).toEqual([])
  })

  it('is waited for by one that comes while it stops it, and which then starts its own', async () => {
    const dataDir = seed.copy()
    const first = await reachTarget(configOf(dataDir), log)
    const [next] = await Promise.all([reachTarget(configOf(dataDir), log), first.release()])
    expect(await answers(next)).toEqual([{ one: 1 }])
    await next.release()
    expect(processesIn(dataDir)).toEqual([])
  })

  it('does not wait for one that was killed', async () => {
    const dataDir = seed.copy()
    const first = await reachTarget(configOf(dataDir), log)
    const guest = spawn(process.execPath, [join(import.meta.dirname, 'guest-child.ts'), dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(guest.stdout, 'data')
    const released = first.release()
    expect(await settled(released)).toBe(false)
    guest.kill('SIGKILL')
    await released
    expect(processesIn(dataDir)).toEqual([])
  })
})

describe('several commands at once', () => {
  it('on a stopped instance all get their answers, from whoever started the database', async () => {
    const dataDir = seed.copy()
    const config = configOf(dataDir)
    const command = async () => {
      const held = await reachTarget(config, log)
      const answer = await answers(held)
      await held.release()
      return answer
    }
    const all = await Promise.all(Array.from({ length: 8 }, command))
    expect(all).toEqual(Array.from({ length: 8 }, () => [{ one: 1 }]))
    expect(processesIn(dataDir)).toEqual([])
  })
})

describe('a server', () => {
  it('waits for a command that is about to leave', async () => {
    const dataDir = seed.copy()
    const command = await reachTarget(configOf(dataDir), log)
    const [server] = await Promise.all([ownTarget(configOf(dataDir), log), command.release()])
    expect(await answers(server)).toEqual([{ one: 1 }])
    await server.release()
  })

  it('gives up within two seconds when the command stays, and at once beside another server', async () => {
    const dataDir = seed.copy()
    const command = await reachTarget(configOf(dataDir), log)
    const took = undisturbedSince()
    await expect(ownTarget(configOf(dataDir), log)).rejects.toMatchObject(isRefused)
    expect(took()).toBeLessThan(2_000)
    await command.release()

    const server = await ownTarget(configOf(dataDir), log)
    const tookAgain = undisturbedSince()
    await expect(ownTarget(configOf(dataDir), log)).rejects.toMatchObject(isRefused)
    expect(tookAgain()).toBeLessThan(1_000)
    await server.release()
  })

  it('stops without waiting for commands', async () => {
    const dataDir = seed.copy()
    const server = await ownTarget(configOf(dataDir), log)
    const guest = await reachTarget(configOf(dataDir), log)
    await server.release()
    expect(processesIn(dataDir)).toEqual([])
    await guest.release()
  })
})

describe('what only looks', () => {
  it('creates nothing where nothing was ever started', async () => {
    const dataDir = dataDirectory()
    await expect(reachTarget(configOf(dataDir), log)).rejects.toMatchObject({ code: 'never-started' })
    expect(existsSync(dataDir)).toBe(false)
  })

  it('as a worker starts no database in the place of its primary', async () => {
    const dataDir = seed.copy()
    const files = readdirSync(dataDir)
    await expect(findTarget(configOf(dataDir))).rejects.toMatchObject({ code: 'embedded-database-failed' })
    expect(readdirSync(dataDir)).toEqual(files)
    expect(processesIn(dataDir)).toEqual([])
  })
})
