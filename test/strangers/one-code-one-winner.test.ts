import { expect, it } from 'vitest'
import { z } from 'zod'
import { backWithCode, callback } from './code-flow.ts'
import { openShared } from './two-servers.ts'

const REDEMPTIONS = 50

it('one code, redeemed 50 times at once through two servers over one database, has exactly one winner', async () => {
  const { house, servers } = await openShared('')
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
