import { expect, it } from 'vitest'
import { createKnown } from '../../src/oidc/known.ts'
import { HandListener } from '../keyring/support.ts'
import { frozenClock } from '../support/clock.ts'

async function open() {
  const clock = frozenClock()
  const listener = new HandListener()
  const rows = new Map([['a', 1]])
  const loads: string[] = []
  const gate: { wait?: Promise<void> } = {}
  const known = await createKnown({
    channel: 'rows',
    load: async (id) => {
      loads.push(id)
      const value = rows.get(id)
      await gate.wait
      return value
    },
    listener,
    clock,
  })
  return { clock, listener, rows, loads, gate, known }
}

it('asks once and remembers, until it is told of a change', async () => {
  const { known, rows, loads, listener } = await open()
  expect([await known.find('a'), await known.find('a'), loads]).toEqual([1, 1, ['a']])
  rows.set('a', 2)
  listener.say('b')
  expect(await known.find('a')).toBe(1)
  listener.say('a')
  expect(await known.find('a')).toBe(2)
})

it('remembers nothing while changes go unheard, and nothing from before a silence', async () => {
  const { known, rows, listener } = await open()
  await known.find('a')
  listener.connected = false
  rows.set('a', 2)
  expect(await known.find('a')).toBe(2)
  rows.set('a', 3)
  expect(await known.find('a')).toBe(3)
  listener.connected = true
  rows.set('a', 4)
  expect(await known.find('a')).toBe(4)
  rows.set('a', 5)
  listener.gap()
  expect(await known.find('a')).toBe(5)
})

it('does not keep what was read before a change that it heard of while reading', async () => {
  const { known, rows, listener, gate } = await open()
  let open2 = () => {}
  gate.wait = new Promise((resolve) => {
    open2 = resolve
  })
  const asked = known.find('a')
  rows.set('a', 2)
  listener.say('a')
  open2()
  expect(await asked).toBe(1)
  expect(await known.find('a')).toBe(2)
})

it('believes nothing for longer than a minute, and keeps no place for what does not exist', async () => {
  const { known, rows, clock, loads } = await open()
  await known.find('a')
  rows.set('a', 2)
  clock.advance(61_000)
  expect(await known.find('a')).toBe(2)
  await known.find('nobody')
  await known.find('nobody')
  expect(loads.filter((id) => id === 'nobody')).toHaveLength(2)
})
