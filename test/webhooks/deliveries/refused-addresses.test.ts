import { describe, expect, it } from 'vitest'
import type { Resolve } from '../../../src/http/outgoing/guarded-lookup.ts'
import { receiver } from './receiver.ts'
import { deliveriesWorld } from './support.ts'

/** Every form of an address that leads into the operator's network, as a name may answer it. */
const inside = [
  '127.0.0.1',
  '10.0.0.8',
  '169.254.169.254',
  '192.168.1.1',
  '100.64.0.1',
  '0.0.0.0',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.8',
  '64:ff9b::7f00:1',
  'fd00::1',
  'fe80::1',
]

describe('[TOS-5] a message never goes into the network behind the server', () => {
  it.each(inside)('though a name leads to %s when it is sent', async (address) => {
    const backEnd = await receiver()
    let answer = '93.184.216.34'
    const resolve: Resolve = async () => [{ address: answer, family: address.includes(':') ? 6 : 4 }]
    const world = await deliveriesWorld({ allow: [], resolve })
    // Public when it was added; by the time of the message somebody has changed what the name leads to.
    await world.endpoint(`https://hooks.example.com:${backEnd.port}/in`)
    answer = address
    await world.happen()
    await world.follow()
    await world.deliver()
    expect(await world.attempts()).toMatchObject([
      { attempt: 1, status: null, failure: 'address-refused', response: null },
    ])
    expect(await world.deliveries()).toMatchObject([{ state: 'queued', attempts: 1 }])
    expect(backEnd.received).toEqual([])
    const everything = JSON.stringify([await world.attempts(), await world.deliveries(), world.logged()])
    expect(everything, 'nobody learns from us what a name leads to').not.toContain(address)
  })

  it('though one of two addresses of a name is public', async () => {
    const backEnd = await receiver()
    const resolve: Resolve = async () => [
      { address: '93.184.216.34', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ]
    const world = await deliveriesWorld({ allow: [], resolve })
    await world.endpoint(`https://hooks.example.com:${backEnd.port}/in`)
    await world.happen()
    await world.follow()
    await world.deliver()
    expect(await world.attempts()).toMatchObject([{ failure: 'address-refused' }])
  })

  it('which an organisation cannot tell from a name that does not exist', async () => {
    const failureFor = async (resolve: Resolve) => {
      const world = await deliveriesWorld({ allow: [], resolve })
      const { org } = await world.company()
      await world.endpoint('https://wiki.corp.example/in', {}, org)
      await world.happen(org)
      await world.follow()
      await world.deliver()
      return (await world.attempts()).map(({ failure }) => failure)
    }
    const isThere = await failureFor(async () => [{ address: '10.1.2.3', family: 4 }])
    const isNot = await failureFor(() =>
      Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })),
    )
    expect(isThere.length).toBeGreaterThan(0)
    expect(new Set([...isThere, ...isNot])).toEqual(new Set(['unreachable']))
  })

  it('nor where a redirect of an allowed receiver leads', async () => {
    const behind = await receiver()
    const world = await deliveriesWorld({ allow: ['127.0.0.1/32'] })
    const backEnd = await receiver((it) => it.writeHead(307, { location: behind.url }).end())
    await world.endpoint(backEnd.url)
    await world.happen()
    await world.follow()
    await world.deliver()
    expect(behind.received).toEqual([])
    expect(await world.attempts()).toMatchObject([{ failure: 'redirected', status: null }])
  })
})
