import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../src/errors/app-error.ts'
import { Secret } from '../../src/lib/secret.ts'
import { eventually } from '../support/eventually.ts'
import { testHasher } from './support.ts'

const secret = (text: string) => new Secret(text)
const right = secret('correct horse battery')
const wrong = secret('incorrect horse')

/** Direct children of this process that run our module, from /proc. */
function hashingPids(module = 'hashing/child.ts', of = process.pid): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
        return Number(parent) === of && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(module)
      } catch {
        return false
      }
    })
}

const onlyPid = () => {
  const [pid, ...others] = hashingPids()
  expect(others).toEqual([])
  if (pid === undefined) throw new Error('there is no child')
  return pid
}

const linux = process.platform === 'linux'

describe('a password is hashed with Argon2id', () => {
  it('under the parameters of the configuration, salted anew each time', async () => {
    const hasher = testHasher({ settings: { memory: 20 * 1024 * 1024, iterations: 3 } })
    const [one, two] = [(await hasher.hash(right)).reveal(), (await hasher.hash(right)).reveal()]
    expect(one).toMatch(/^\$argon2id\$v=19\$m=20480,t=3,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(two).not.toBe(one)
    expect(await hasher.verify(secret(one), right)).toBe(true)
    expect(await hasher.verify(secret(one), wrong)).toBe(false)
  })

  it('and nothing belongs to the decoy, which costs the same', async () => {
    const hasher = testHasher({ settings: { memory: 20 * 1024 * 1024, iterations: 3 } })
    expect(hasher.decoy.reveal()).toMatch(/^\$argon2id\$v=19\$m=20480,t=3,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(await hasher.verify(hasher.decoy, secret(''))).toBe(false)
  })

  it('and what is not a hash is an error, not a mismatch', async () => {
    const hasher = testHasher()
    await expect(hasher.verify(secret('plain text'), right)).rejects.toThrow(/not a hash of a password/)
  })
})

describe.runIf(linux)('the process that hashes', () => {
  it('begins with the first password, has the lowest priority in all its threads, and ends with the service', async () => {
    const hasher = testHasher()
    expect(hashingPids()).toEqual([])
    await Promise.all([hasher.hash(right), hasher.hash(right)])
    const pid = onlyPid()
    const niceOf = (task: string) =>
      // Behind the name, which may hold spaces: the 17th field from there.
      readFileSync(join(`/proc/${pid}/task`, task, 'stat'), 'utf8')
        .split(') ')
        .at(-1)
        ?.split(' ')[16]
    expect(new Set(readdirSync(`/proc/${pid}/task`).map(niceOf))).toEqual(new Set(['19']))
    await hasher.stop()
    expect(hashingPids()).toEqual([])
  })

  it('is told of passwords by its pipe alone: nothing stands in its arguments or its environment', async () => {
    const hasher = testHasher()
    process.env['HEARTHKEY_TEST_SECRET'] = 'of the parent'
    await hasher.hash(right)
    delete process.env['HEARTHKEY_TEST_SECRET']
    const pid = onlyPid()
    const seen = ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8')).join()
    expect(seen).toContain('UV_THREADPOOL_SIZE')
    expect(seen).not.toMatch(/correct horse|HEARTHKEY_TEST_SECRET/)
    expect(hasher.log.text()).not.toContain('correct horse')
  })

  it('is replaced when it dies, and what it was at is answered by the next', async () => {
    const hasher = testHasher()
    const phc = await hasher.hash(right)
    const pid = onlyPid()
    process.kill(pid, 'SIGSTOP')
    const answers = Promise.all([hasher.verify(phc, right), hasher.verify(phc, wrong), hasher.verify(phc, right)])
    process.kill(pid, 'SIGKILL')
    expect(await answers).toEqual([true, false, true])
    expect(onlyPid()).not.toBe(pid)
    expect(hasher.log.text()).toContain('another takes its place')
  })

  it('outlives the signals that a terminal sends to everybody, so that what runs is finished', async () => {
    const hasher = testHasher()
    const phc = await hasher.hash(right)
    const pid = onlyPid()
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, signal)
    expect(await hasher.verify(phc, right)).toBe(true)
    expect(onlyPid()).toBe(pid)
  })

  it('that is stuck is ended: nobody waits for ever', async () => {
    const module = join(import.meta.dirname, 'stuck-child.ts')
    const hasher = testHasher({ child: { module, taskDeadlineMs: 100 } })
    await expect(hasher.hash(right)).rejects.toMatchObject({ code: 'busy' })
  })

  it('is not killed for ever by the same password: after the second it is refused', async () => {
    const hasher = testHasher({ child: { module: join(import.meta.dirname, 'doomed-child.ts') } })
    await expect(hasher.hash(right)).rejects.toMatchObject({ code: 'busy', retryAfter: 1 })
    await eventually(() => hasher.log.text().match(/another takes its place/g)?.length === 2 || undefined)
  })

  it('is tried again where none could run for a moment', async () => {
    const hasher = testHasher({ child: { module: '/nowhere/child.js', retryAfterMs: 0 } })
    for (const time of [1, 2]) {
      await hasher.hash(right)
      expect(hasher.log.text().match(/are hashed in this process/g)).toHaveLength(time)
    }
  })

  it('is done without where none can run, and the log says so', async () => {
    const hasher = testHasher({ child: { module: '/nowhere/child.js' } })
    expect(await hasher.verify(await hasher.hash(right), right)).toBe(true)
    expect(hasher.log.text()).toContain('passwords are hashed in this process')
    expect(hashingPids()).toEqual([])
  })

  it('ends with its parent, however that one ended', async () => {
    const parent = spawn(process.execPath, [join(import.meta.dirname, 'parent-with-a-child.ts')], { stdio: 'pipe' })
    const [said] = await once(parent.stdout, 'data')
    expect(String(said)).toBe('hashed\n')
    const [pid] = hashingPids('hashing/child.ts', parent.pid)
    parent.kill('SIGKILL')
    await eventually(() => (pid !== undefined && !existsSync(`/proc/${pid}`)) || undefined)
  })

  it('is found by the built program too', async () => {
    const program = join(import.meta.dirname, '../../dist/main.js')
    const args = ['password', 'suggest', '--target', '50', '--json']
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, ...args])
    expect(JSON.parse(stdout)).toMatchObject({ suggested: { memory: expect.any(String) } })
    expect(stderr, 'no warning that they are hashed in the process itself').toBe('')
  })

  it('stops at once when nobody ever needed it, and takes nothing after that', async () => {
    const hasher = testHasher()
    await hasher.stop()
    await expect(hasher.hash(right)).rejects.toMatchObject({ code: 'unavailable' })
    expect(hashingPids()).toEqual([])
  })

  it('finishes what runs before a stop, and refuses who waits', async () => {
    const hasher = testHasher()
    const outcomes = Array.from({ length: 10 }, () =>
      hasher.hash(right).then(
        () => 'done',
        (error: unknown) => (error instanceof AppError ? error.code : 'other'),
      ),
    )
    await hasher.stop()
    const all = await Promise.all(outcomes)
    expect(all.slice(0, 1)).toEqual(['done'])
    expect(all.at(-1)).toBe('unavailable')
    expect(new Set(all)).toEqual(new Set(['done', 'unavailable']))
  })
})

describe('a storm of passwords', () => {
  it('is refused past the queue at once, with the seconds to wait; what was taken in is answered', async () => {
    const hasher = testHasher({ settings: { queue: 5 } })
    const phc = await hasher.hash(right)
    expect(() => hasher.assertRoom()).not.toThrow()
    const storm = Promise.allSettled(Array.from({ length: 40 }, () => hasher.verify(phc, right)))
    expect(() => hasher.assertRoom(), 'it is told to whoever asks first').toThrow(AppError)
    const outcomes = await storm
    const answered = outcomes.filter((outcome) => outcome.status === 'fulfilled')
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason)
    expect(answered.length).toBeGreaterThanOrEqual(6)
    expect(answered.length).toBeLessThanOrEqual(7)
    expect(answered.every(({ value }) => value)).toBe(true)
    expect(refused.every((reason) => reason instanceof AppError && reason.code === 'busy')).toBe(true)
    expect(refused.every(({ retryAfter }) => Number.isInteger(retryAfter) && retryAfter >= 1)).toBe(true)
    expect(await hasher.verify(phc, right), 'and afterwards it goes on').toBe(true)
  })
})
