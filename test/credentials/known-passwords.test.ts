import { describe, expect, it } from 'vitest'
import type { Breaches } from '../../src/credentials/password/ports.ts'
import { ada, password, peopleWorld } from '../users/support.ts'
import { passwordsIn, policy, secret, testHasher } from './support.ts'

/** Knows one password of each kind, and is asked for it in its normal form. */
const known: Breaches = {
  find: async (text) => {
    const asked = text.reveal()
    return asked === 'café crème 2024' ? 'breached' : asked === 'football1234' ? 'common' : 'unknown'
  },
}
const broken: Breaches = { find: () => Promise.reject(new Error('the filter cannot be read')) }

describe('[MOS-3] a known password', () => {
  it('is refused before it is hashed, and why', async () => {
    const world = await peopleWorld()
    const hasher = { ...testHasher(), hash: () => Promise.reject(new Error('was hashed')) }
    const passwords = passwordsIn(world, { hasher, breaches: known })
    expect(await passwords.prepare(secret('cafe\u0301 crème 2024'), ada)).toEqual({
      ok: false,
      error: { reason: 'breached' },
    })
    expect(await passwords.prepare(secret('football1234'), ada)).toEqual({ ok: false, error: { reason: 'common' } })
    await expect(passwords.prepare(secret(password), ada)).rejects.toThrow('was hashed')
  })

  it('is not taken unseen while nobody can look it up', async () => {
    const passwords = passwordsIn(await peopleWorld(), { breaches: broken })
    await expect(passwords.prepare(secret(password), ada)).rejects.toThrow('cannot be read')
  })

  it('must be changed by whoever signs in with it, where the operator asks for that', async () => {
    const world = await peopleWorld()
    const asking = passwordsIn(world, { breaches: known })
    expect(await asking.mustChange(secret('football1234'))).toBe('breached')
    expect(await asking.mustChange(secret(password))).toBeUndefined()
    const trusting = passwordsIn(world, { breaches: known, policy: { ...policy, checkAtSignIn: false } })
    expect(await trusting.mustChange(secret('football1234'))).toBeUndefined()
  })

  it('keeps nobody out because it cannot be looked up: the log says so', async () => {
    const world = await peopleWorld()
    expect(await passwordsIn(world, { breaches: broken }).mustChange(secret(password))).toBeUndefined()
    expect(world.log.text()).toContain('could not be looked up')
  })
})
