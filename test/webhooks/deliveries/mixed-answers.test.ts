import { describe, expect, it } from 'vitest'
import { defineId } from '../../../src/lib/ids.ts'
import { receiver } from './receiver.ts'
import { deliveriesWorld } from './support.ts'

const orgId = defineId('org')
const HALF_A_MINUTE = 30_000
/** Of each six events one of the kind that is taken: first, in the middle, last. */
const ORDERS = [0, 3, 5]

/** A back end that takes one kind of event alone, for a quarter of an hour. Answers how long each of that kind waited, in minutes. */
async function waitsOf(status: number): Promise<(number | undefined)[]> {
  const world = await deliveriesWorld({ timeout: 5_000 })
  const took = new Map<string, number>()
  const happened = new Map<string, number>()
  const backEnd = await receiver((it, { body, headers }) => {
    if (JSON.parse(body).type === 'organisation.updated') return void it.writeHead(status).end('unknown type')
    took.set(String(headers['webhook-id']), world.clock.now().getTime())
    it.end()
  })
  await world.endpoint(backEnd.url)
  for (let n = 0; n < 15; n++) await world.happen()
  for (let turn = 0; turn < 30; turn++) {
    if (turn % 2 === 0 && turn < 16) {
      for (let n = 0; n < 6; n++)
        if (n === ORDERS[(turn / 2) % 3]) {
          const event = { action: 'organisation.suspended', target: orgId.generate() } as const
          happened.set(await world.record(event), world.clock.now().getTime())
        } else await world.happen()
      await world.follow()
    }
    await world.resume()
    await world.deliver()
    world.clock.advance(HALF_A_MINUTE)
  }
  return [...happened].map(([id, at]) => {
    const taken = took.get(id)
    return taken === undefined ? undefined : (taken - at) / 60_000
  })
}

describe('[TOS-5] a receiver that takes some of what it is told', () => {
  it('has it at once, where it says at once what it does not know', async () => {
    expect((await waitsOf(422)).filter((minutes) => minutes !== 0)).toEqual([])
  }, 120_000)

  it('has it within minutes, where it fails with the rest', async () => {
    expect((await waitsOf(500)).filter((minutes) => minutes === undefined || minutes > 3)).toEqual([])
  }, 120_000)
})
