import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { deliveriesWorld } from './support.ts'

const own = (name: string) => readFileSync(new URL(`../../support/tls/first.${name}.pem`, import.meta.url))

/** Nobody vouches for its certificate. */
async function selfSigned(): Promise<number> {
  const server = createServer({ key: own('key'), cert: own('cert') }, (_, it) => it.end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

async function attemptAt(url: string, ofOrganisation = false) {
  const missing = async () => {
    throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })
  }
  const world = await deliveriesWorld({ timeout: 5_000, resolve: missing })
  const org = ofOrganisation ? (await world.company()).org : null
  await world.follow()
  await world.endpoint(url, {}, org)
  for (let n = 0; n < 2; n++) {
    await world.happen(org)
    await world.follow()
    await world.deliver()
    world.clock.advance(1_000)
  }
  return { failures: (await world.attempts()).map(({ failure }) => failure), log: world.logged() }
}

describe('[TOS-5] who cannot be reached', () => {
  it('is told of by the reason, and to the operator by the code as well, once', async () => {
    const { failures, log } = await attemptAt(`https://127.0.0.1:${await selfSigned()}/in`)
    expect(failures).toEqual(['tls', 'tls'])
    expect(log.match(/SELF_SIGNED_CERT/g)).toHaveLength(1)
    expect((await attemptAt('http://127.0.0.1:1/in')).failures).toEqual(['refused', 'refused'])
    expect((await attemptAt('https://hooks.nowhere.example/in')).failures).toEqual(['name-unknown', 'name-unknown'])
  })

  it('says nothing of our network to an organisation, and all of it to the operator', async () => {
    const { failures, log } = await attemptAt('http://127.0.0.1:1/in', true)
    expect(failures).toEqual(['unreachable', 'unreachable'])
    expect(log).toMatch(/refused[\s\S]*ECONNREFUSED/)
  })
})
