import { describe, expect, it } from 'vitest'
import { localEngine } from '../../src/credentials/password/hashing/engine.ts'
import type { Hasher } from '../../src/credentials/password/ports.ts'
import { AppError } from '../../src/errors/app-error.ts'
import { password, peopleWorld } from '../users/support.ts'
import { createUser, passwordsIn, secret, setPassword, testHasher } from './support.ts'

const MIB = 1024 * 1024
const of = (memory: number, iterations: number) =>
  testHasher({ settings: { memory: memory * MIB, iterations }, engine: localEngine })

async function worldWithAda() {
  const world = await peopleWorld()
  const user = await createUser(world)
  await setPassword({ ...world, passwords: passwordsIn(world) }, user)
  const rehashed = async () => (await world.actions()).filter((action) => action === 'password.rehashed').length
  return { world, user, rehashed }
}

describe('[STO-5] a stored password', () => {
  it('follows the parameters when they rise: at the next sign-in that was right, once', async () => {
    const { world, user, rehashed } = await worldWithAda()
    const asked: string[] = []
    const stronger = of(20, 3)
    const hasher: Hasher = {
      ...stronger,
      verify: (hash, text) => {
        asked.push(hash.reveal().split('$')[3] ?? '')
        return stronger.verify(hash, text)
      },
    }
    const passwords = passwordsIn(world, { hasher })
    expect(await passwords.verify(user, secret('wrong, whatever'))).toBe('mismatch')
    expect(await rehashed()).toBe(0)
    for (let time = 0; time < 3; time += 1) expect(await passwords.verify(user, secret(password))).toBe('match')
    expect(asked).toEqual(['m=19456,t=2,p=1', 'm=19456,t=2,p=1', 'm=20480,t=3,p=1', 'm=20480,t=3,p=1'])
    expect(await rehashed()).toBe(1)
  })

  it('keeps what costs more than it would today', async () => {
    const { world, user, rehashed } = await worldWithAda()
    await setPassword({ ...world, passwords: passwordsIn(world, { hasher: of(24, 3) }) }, user)
    expect(await passwordsIn(world).verify(user, secret(password))).toBe('match')
    expect(await rehashed()).toBe(0)
  })

  it.each([
    ['less memory', '$argon2id$v=19$m=16384,t=9,p=1', true],
    ['fewer passes', '$argon2id$v=19$m=19456,t=1,p=1', true],
    ['the same', '$argon2id$v=19$m=19456,t=2,p=1', false],
    ['more memory and as much work', '$argon2id$v=19$m=47104,t=1,p=1', false],
    ['another variant', '$argon2i$v=19$m=99999,t=9,p=1', true],
    ['an older version', '$argon2id$v=16$m=99999,t=9,p=1', true],
  ])('is behind the parameters of today or not: %s', (_, parameters, outdated) => {
    const hash = `${parameters}$MDEyMzQ1Njc4OWFiY2RlZg$BVALGMmC/K/8ELErc5VgJxyPFApArIZRCQsqjEgZWJ4`
    expect(testHasher().isOutdated(secret(hash), secret(password))).toBe(outdated)
  })

  it('stays as it was chosen by whoever changed it while it was being hashed anew', async () => {
    const { world, user, rehashed } = await worldWithAda()
    const stronger = of(20, 3)
    const hasher: Hasher = {
      ...stronger,
      hash: async (text) => {
        const hash = await stronger.hash(text)
        await setPassword({ ...world, passwords: passwordsIn(world) }, user, 'chosen at this very moment')
        return hash
      },
    }
    expect(await passwordsIn(world, { hasher }).verify(user, secret(password))).toBe('match')
    expect(await rehashed()).toBe(0)
    expect(await passwordsIn(world).verify(user, secret('chosen at this very moment'))).toBe('match')
    expect(await passwordsIn(world).verify(user, secret(password))).toBe('mismatch')
  })

  it('is hashed anew once by many sign-ins at the same moment, and all of them succeed', async () => {
    const { world, user, rehashed } = await worldWithAda()
    const passwords = passwordsIn(world, { hasher: of(20, 3) })
    const verdicts = await Promise.all(Array.from({ length: 5 }, () => passwords.verify(user, secret(password))))
    expect(verdicts).toEqual(Array(5).fill('match'))
    expect(await rehashed()).toBe(1)
  })

  it('fails no sign-in when it cannot be hashed anew: the next one tries again', async () => {
    const { world, user, rehashed } = await worldWithAda()
    const stronger = of(20, 3)
    const busy = { ...stronger, hash: () => Promise.reject(new AppError('busy', { retryAfter: 1 })) }
    expect(await passwordsIn(world, { hasher: busy }).verify(user, secret(password))).toBe('match')
    expect(world.log.text()).toContain('could not be hashed anew')
    expect(await passwordsIn(world, { hasher: stronger }).verify(user, secret(password))).toBe('match')
    expect(await rehashed()).toBe(1)
  })
})
