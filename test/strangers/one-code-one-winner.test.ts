import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { freePort } from '../support/free-port.ts'
import { startOperatorsPostgres } from '../support/operators-postgres.ts'
import { startServer } from '../support/server.ts'
import { backWithCode, callback } from './code-flow.ts'
import { openHouse } from './house.ts'

const REDEMPTIONS = 50

it('one code, redeemed 50 times at once through two servers over one database, has exactly one winner', async () => {
  const env = { DATABASE_URL: await operatorsDatabase() }
  const house = await openHouse(env)
  const { issuer, server } = house
  // The same keys, the same database, the same issuer: what a load balancer would stand before.
  const second = { ...env, ISSUER_URL: issuer, PORT: String(await freePort()) }
  const servers = [server, await startServer(second, server.home)]
  const { clientId, clientSecret } = await house.createClient('--name', 'Race', '--redirect-uri', callback)

  for (const round of [1, 2]) {
    const { back, verifier } = await backWithCode(house, { clientId, clientSecret })
    const redeem = (at: string) =>
      fetch(`${at}/oauth/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code: back.searchParams.get('code') ?? '',
          redirect_uri: callback,
          code_verifier: verifier,
        }),
      })
    const answers = await Promise.all(
      Array.from({ length: REDEMPTIONS }, (_, each) => redeem(servers[each % servers.length]?.url ?? '')),
    )
    const outcomes = await Promise.all(answers.map(outcomeOf))
    const count = (outcome: string) => outcomes.filter((each) => each === outcome).length
    expect({ round, won: count('200'), refused: count('400 invalid_grant'), all: outcomes.length }).toEqual({
      round,
      won: 1,
      refused: REDEMPTIONS - 1,
      all: REDEMPTIONS,
    })
  }
}, 60_000)

async function outcomeOf(answer: Response): Promise<string> {
  const body = z.looseObject({ error: z.string().optional() }).parse(await answer.json())
  return body.error === undefined ? `${answer.status}` : `${answer.status} ${body.error}`
}

/** A PostgreSQL that an operator runs, with one login that may create the roles. */
async function operatorsDatabase(): Promise<string> {
  const postgres = await startOperatorsPostgres()
  onTestFinished(() => postgres.stop())
  await postgres.sql('CREATE DATABASE hearthkey')
  await postgres.sql('CREATE ROLE operator LOGIN CREATEROLE PASSWORD $$pw$$', 'hearthkey')
  await postgres.sql('ALTER DATABASE hearthkey OWNER TO operator', 'hearthkey')
  return `postgres://operator:pw@127.0.0.1:${postgres.port}/hearthkey?sslrootcert=${postgres.authority}`
}
