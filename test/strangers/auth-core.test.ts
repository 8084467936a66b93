import { expect, it } from 'vitest'
import { z } from 'zod'
import { type Account, Auth } from './auth-core.mjs'
import { expectAccessToken } from './contract.ts'
import { administrator, openHouse } from './house.ts'
import { sentTo, type Visitor, visitorOf } from './relying-site.ts'

const origin = 'http://127.0.0.1:4998'
const callback = `${origin}/auth/callback/hearthkey`

it('@auth/core signs in by code + PKCE with nothing but the issuer, keeps a session, and signs out of its own', async () => {
  const { issuer, person, createClient } = await openHouse()
  const { clientId, clientSecret = '' } = await createClient('--name', 'Desk', '--redirect-uri', callback)
  let account: Account | null | undefined
  const provider = { id: 'hearthkey', name: 'Hearthkey', type: 'oidc', issuer, clientId, clientSecret } as const
  const visit = visitorOf(origin, (request) =>
    Auth(request, {
      secret: 'a secret of the site itself, long enough',
      trustHost: true,
      basePath: '/auth',
      providers: [{ ...provider, checks: ['pkce', 'state', 'nonce'] }],
      events: {
        signIn: (message) => {
          account = message.account
        },
      },
    }),
  )

  const asked = { csrfToken: await csrfToken(visit), callbackUrl: `${origin}/welcome` }
  const authorization = sentTo(await visit('/auth/signin/hearthkey', asked))
  expect(`${authorization.origin}${authorization.pathname}`).toBe(`${issuer}/oauth/authorize`)
  expect(authorization.searchParams.get('code_challenge_method')).toBe('S256')
  const back = await person().signIn(authorization, administrator)
  expect(`${sentTo(await visit(back))}`).toBe(asked.callbackUrl)

  const { name, email } = administrator
  expect(await (await visit('/auth/session')).json()).toMatchObject({ user: { name, email } })
  const { sub } = await expectAccessToken(account?.access_token ?? '', { issuer, clientId })
  expect(account?.providerAccountId).toBe(sub)

  await visit('/auth/signout', { csrfToken: await csrfToken(visit) })
  expect(await (await visit('/auth/session')).json()).toBeNull()
}, 60_000)

const csrfToken = async (visit: Visitor): Promise<string> =>
  z.object({ csrfToken: z.string() }).parse(await (await visit('/auth/csrf')).json()).csrfToken
