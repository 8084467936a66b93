import { expect, it } from 'vitest'
import { Turns } from '../../../src/oidc/refresh/turns.ts'

const LONG = 60_000

it('one has its turn after another, and those of other keys at once', async () => {
  const turns = new Turns()
  const began: string[] = []
  const take = async (name: string, key = 'a') => {
    const end = await turns.take(key, LONG)
    began.push(name)
    return end
  }
  const first = await take('first')
  const [second, third] = [take('second'), take('third')]
  await take('other', 'b')
  expect(began).toEqual(['first', 'other'])
  first?.()
  const ended = await second
  expect(began).toEqual(['first', 'other', 'second'])
  ended?.()
  await third
  expect(began.at(-1)).toBe('third')
})

it('whoever has waited for too long goes away, and those behind still wait for those before', async () => {
  const turns = new Turns()
  const first = await turns.take('a', LONG)
  const gone = turns.take('a', 1)
  const order: string[] = []
  const third = turns.take('a', LONG).then((end) => {
    order.push('third')
    return end
  })
  expect(await gone).toBeUndefined()
  order.push('first ends')
  first?.()
  expect(await third).toBeDefined()
  expect(order).toEqual(['first ends', 'third'])
})
