import { expect, it } from 'vitest'
import { coalesce } from '../../src/keyring/coalesce.ts'

const gated = () => {
  const gates: PromiseWithResolvers<void>[] = []
  const run = coalesce(() => {
    const gate = Promise.withResolvers<void>()
    gates.push(gate)
    return gate.promise
  })
  return { gates, run }
}

it('a call during a run gets a run that starts after the call, and shares it with every other such call', async () => {
  const { gates, run } = gated()
  const first = run()
  await expect.poll(() => gates.length).toBe(1)
  const settled: string[] = []
  const later = [run(), run(), run()].map((call) => call.then(() => settled.push('later')))
  gates[0]?.resolve()
  await first
  expect(settled).toEqual([])
  await expect.poll(() => gates.length).toBe(2)
  gates[1]?.resolve()
  await Promise.all(later)
  expect(gates).toHaveLength(2)
})

it('a run that fails fails for its own callers alone', async () => {
  const { gates, run } = gated()
  const first = run()
  await expect.poll(() => gates.length).toBe(1)
  const second = run()
  gates[0]?.reject(new Error('the database is gone'))
  await expect(first).rejects.toThrow('the database is gone')
  await expect.poll(() => gates.length).toBe(2)
  gates[1]?.resolve()
  await expect(second).resolves.toBeUndefined()
})
