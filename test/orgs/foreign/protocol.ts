import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import { DEVICE_CODE } from '../../../src/oidc/clients/client.ts'
import type { Browser, Stop } from '../../account/support.ts'
import { askToken, authorization } from '../../oidc/support.ts'
import { formOf } from '../../strangers/page-form.ts'
import { audience, type Held, secretName, type World } from './world.ts'

interface Asking {
  readonly world: World
  readonly browser: Browser
  readonly held: Held
  /** Of an organisation, an id or a slug. */
  readonly name: string
}

type Verdict = 'let in' | 'refused'

interface Credentials {
  readonly id: string
  readonly secret?: string | undefined
}

const posted = (world: World, path: string, { id, secret }: Credentials, fields: Record<string, string>) =>
  fetch(new URL(path, world.house.url), {
    method: 'POST',
    headers: secret === undefined ? {} : { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body: new URLSearchParams(secret === undefined ? { client_id: id, ...fields } : fields),
  })

/** At the application again: with a code, or with the one refusal that says nothing of what there is. */
function backWith({ path, html }: Stop): Verdict {
  expect(html).not.toContain(secretName)
  const back = new URL(path).searchParams
  if (back.has('code')) return 'let in'
  expect(back.get('error')).toBe('access_denied')
  return 'refused'
}

function issued({ status, body }: Awaited<ReturnType<typeof askToken>>, world: World): Verdict {
  if (status === 200) {
    expect(decodeJwt(body['access_token'] ?? '')['org_id']).toBe(world.ours.id)
    return 'let in'
  }
  expect([status, body['error']]).toEqual([400, 'invalid_target'])
  return 'refused'
}

const requestFor = async ({ world, name }: Asking) =>
  (await authorization(world.house, { clientId: world.client.id, resource: audience, organization: name })).url

/** With all that the protocol asks for beside the organisation: it is the organisation alone that is refused. */
export const protocol: Readonly<Record<string, (asking: Asking) => Promise<Verdict>>> = {
  'GET /oauth/authorize': async (asking) => {
    const { pathname, search } = await requestFor(asking)
    return backWith(await asking.browser.go(pathname + search))
  },
  'POST /oauth/authorize': async (asking) => {
    const { pathname, searchParams } = await requestFor(asking)
    return backWith(await asking.browser.go(pathname, Object.fromEntries(searchParams)))
  },
  'POST /oauth/par': async (asking) => {
    const { world, browser } = asking
    const { searchParams } = await requestFor(asking)
    const answer = await posted(world, '/oauth/par', world.client, Object.fromEntries(searchParams))
    const { request_uri } = (await answer.json()) as { request_uri: string }
    return backWith(
      await browser.go(`/oauth/authorize?${new URLSearchParams({ client_id: world.client.id, request_uri })}`),
    )
  },
  'POST /oauth/token': async ({ world, held, name: organization }) => {
    const { house, client, program } = world
    const asked = { grant_type: 'client_credentials', resource: audience, organization }
    const ofProgram = issued(await askToken(house, program, asked), world)
    const refreshed = await askToken(house, client, {
      grant_type: 'refresh_token',
      refresh_token: held.refresh,
      organization,
    })
    const ofPerson = issued(refreshed, world)
    held.refresh = refreshed.body['refresh_token'] ?? held.refresh
    expect(ofPerson, 'whoever asks').toBe(ofProgram)
    return ofPerson
  },
  'POST /oauth/introspect': async ({ world, held, name }) => {
    const fields = { token: held.access, organization: name, org_id: name, resource: audience }
    const answer = await posted(world, '/oauth/introspect', world.client, fields)
    const body = (await answer.json()) as Record<string, unknown>
    // No name in the request makes it a token of another organisation.
    expect(body).toMatchObject({ active: true, org_id: world.ours.id })
    return name === world.ours.id ? 'let in' : 'refused'
  },
  'POST /oauth/revoke': async ({ world, name }) => {
    const fields = { token: name, organization: name, org_id: name }
    expect((await posted(world, '/oauth/revoke', world.client, fields)).status).toBe(200)
    // Whatever was found behind it: nothing of the foreign one may have changed, which is looked at when all was tried.
    return name === world.ours.id ? 'let in' : 'refused'
  },
  'POST /oauth/device_authorization': async ({ world, browser, name: organization }) => {
    const asked = { scope: 'openid', resource: audience, organization }
    const answer = await posted(world, '/oauth/device_authorization', world.device, asked)
    const { user_code, device_code } = (await answer.json()) as { user_code: string; device_code: string }
    const stop = await browser.go('/oauth/device', { user_code })
    expect(stop.html).not.toContain(secretName)
    if (formOf(stop.html, 'consent')) return 'let in'
    const { body } = await askToken(world.house, world.device, { grant_type: DEVICE_CODE, device_code })
    expect(body).not.toHaveProperty('access_token')
    return 'refused'
  },
}
