import { describe, expect, it } from 'vitest'
import { defineId } from '../../src/lib/ids.ts'
import { type GuardWorld, guardWorlds, MINUTE } from './support.ts'

const guardWorld = guardWorlds()

const [organisation, other] = [defineId('org').generate(), defineId('org').generate()]
const [key, second] = [defineId('key').generate(), defineId('key').generate()]

async function passing(
  { guard }: Pick<GuardWorld, 'guard'>,
  of: Parameters<GuardWorld['guard']['quotas']['take']>[0],
  most = 50,
) {
  for (let count = 0; count < most; count += 1) if (!(await guard.quotas.take(of)).ok) return count
  return most
}

const few = 'limits: { quota: { organisation: 7/1m, apiKey: 5/1m } }'
const world = async (yaml = few) => {
  const made = await guardWorld({ yaml })
  made.clock.set(new Date('2030-01-16T00:00:00.000Z'))
  return made
}

describe('[TOS-7] the quota of an organisation', () => {
  it('is shared by its keys, each with a portion of its own, and by no other organisation', async () => {
    const it = await world()
    expect(await passing(it, { organisation, key, quota: {} })).toBe(5)
    expect(await passing(it, { organisation, key: second, quota: {} })).toBe(2)
    expect(await passing(it, { organisation, quota: {} })).toBe(0)
    expect(await passing(it, { organisation: other, quota: {} })).toBe(7)
    it.clock.advance(2 * MINUTE)
    expect(await passing(it, { organisation, key, quota: {} })).toBe(5)
  })

  it('is the number that the organisation and the key have by themselves, where they have one', async () => {
    const it = await world()
    expect(await passing(it, { organisation, key, quota: { organisation: 3 } })).toBe(3)
    expect(await passing(it, { organisation: other, key: second, quota: { organisation: 20, key: 9 } })).toBe(9)
  })

  it('lets through no more than that of many at once, on two instances', async () => {
    const it = await world()
    const beside = it.instance()
    const atOnce = async (of: { readonly organisation: typeof organisation; readonly key?: typeof key }) => {
      const takes = Array.from({ length: 40 }, (_, at) =>
        (at % 2 === 0 ? it.guard : beside).quotas.take({ ...of, quota: {} }),
      )
      return (await Promise.all(takes)).filter(({ ok }) => ok).length
    }
    expect(await atOnce({ organisation: other })).toBe(7)
    // What the key refuses has been counted for the organisation until it is given back.
    expect(await atOnce({ organisation, key })).toBeLessThanOrEqual(5)
  })

  it('is not there where the operator took the line away, whatever an organisation has', async () => {
    const it = await world('limits: { quota: { organisation: off, apiKey: off } }')
    expect(await passing(it, { organisation, key, quota: { organisation: 1, key: 1 } })).toBe(50)
    expect(it.guard.quotas.carried({ organisation: 1, key: 1 }, 'key')).toEqual({})
  })

  it('is carried by the minute, whatever time it is counted by', async () => {
    const it = await world('limits: { quota: { organisation: 600/10m, apiKey: 5/1s } }')
    expect(it.guard.quotas.carried({}, 'key')).toEqual({ organisation: 60, key: 300 })
    expect(it.guard.quotas.carried({ organisation: 40, key: 2 }, 'organisation')).toEqual({ organisation: 40 })
    expect(await passing(it, { organisation, quota: { organisation: 2 } })).toBe(20)
  })
})
