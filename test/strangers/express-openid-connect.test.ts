import { expect, it } from 'vitest'
import { z } from 'zod'
import { eventually } from '../support/eventually.ts'
import { expectAccessToken } from './contract.ts'
import { expressSite } from './express-site.ts'
import { administrator, openHouse } from './house.ts'
import type { Person } from './person.ts'
import { sentTo, type Visitor, visitorOf } from './relying-site.ts'
import { settingsFile } from './settings-file.ts'

const profile = z.object({
  claims: z.looseObject({ iss: z.string(), aud: z.string(), sub: z.string(), sid: z.string() }),
  told: z.looseObject({ sub: z.string(), name: z.string(), email: z.string() }),
})
const token = z.object({ access_token: z.string() })

it('express-openid-connect signs in by code + PKCE, reads the profile, refreshes, hears of a sign-out elsewhere, and signs out', async () => {
  const settings = await settingsFile('outgoing: { allow: [127.0.0.0/8] }\n')
  const { issuer, person, createClient } = await openHouse({ CONFIG_FILE: settings })
  const site = await expressSite()
  const { origin } = site
  const registered = await createClient(
    ...['--name', 'Board', '--redirect-uri', `${origin}/callback`, '--post-logout-redirect-uri', origin],
    ...['--backchannel-logout-uri', `${origin}/backchannel-logout`],
  )
  await site.serve(issuer, registered)
  const [ada, visit] = [person(), visitorOf(origin)]

  const authorization = await signIn(visit, ada)
  expect(authorization.searchParams.get('code_challenge_method')).toBe('S256')
  const { claims, told } = profile.parse(await (await visit('/profile')).json())
  expect(claims).toMatchObject({ iss: issuer, aud: registered.clientId, name: administrator.name })
  expect(told).toMatchObject({ sub: claims.sub, email: administrator.email })

  const { access_token: before } = token.parse(await (await visit('/token')).json())
  const { access_token: after } = token.parse(await (await visit('/refresh')).json())
  expect(after).not.toBe(before)
  expect((await expectAccessToken(after, { issuer, clientId: registered.clientId })).sub).toBe(claims.sub)

  await ada.send(await ada.visit(new URL('/oauth/logout', issuer)), 'logout')
  await eventually(async () => ((await visit('/profile')).status === 302 ? true : undefined), 20_000)

  await signIn(visit, ada)
  expect((await visit('/profile')).status).toBe(200)
  const left = await ada.send(await ada.visit(sentTo(await visit('/logout'))), 'logout')
  expect(`${left.url}`).toBe(`${origin}/`)
  expect(sentTo(await visit('/profile')).origin, 'asks for a sign-in').toBe(issuer)
}, 60_000)

/** By way of the site's own page and back, to where it wanted to be. */
async function signIn(visit: Visitor, person: Person): Promise<URL> {
  const authorization = sentTo(await visit('/login'))
  const back = await visit(await person.signIn(authorization, administrator))
  if (back.status !== 302) throw new Error(`the site refused: ${back.status} ${await back.text()}`)
  return authorization
}
