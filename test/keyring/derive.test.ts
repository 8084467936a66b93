import { expect, it } from 'vitest'
import { keyringWorld } from './support.ts'

it('a derived secret is the same on every instance and after every start, and another one for each purpose', async () => {
  const world = await keyringWorld()
  const [one, two] = [await world.open(), await world.open()]
  const secret = one.derive('cookies').reveal()
  expect(secret).toHaveLength(32)
  expect(two.derive('cookies').reveal()).toEqual(secret)
  expect(one.derive('something else').reveal()).not.toEqual(secret)
  const elsewhere = await (await keyringWorld()).open()
  expect(elsewhere.derive('cookies').reveal()).not.toEqual(secret)
})
