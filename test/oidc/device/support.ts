import { DEVICE_CODE, type GrantType } from '../../../src/oidc/clients/client.ts'
import { askToken, type Browser, type House } from '../support.ts'

export const userAgent = 'TV/1.0 (Living room)'
export const withDevices: readonly GrantType[] = [DEVICE_CODE, 'refresh_token']

export interface Begun {
  readonly device_code: string
  readonly user_code: string
  readonly verification_uri: string
  readonly verification_uri_complete: string
  readonly expires_in: number
}

/** Something with a screen and no keyboard. */
export const addDevice = (house: House, input: Partial<Parameters<House['addClient']>[0]> = {}) =>
  house.addClient({
    name: 'Television',
    type: 'native',
    redirectUris: [],
    postLogoutRedirectUris: [],
    grantTypes: withDevices,
    ...input,
  })

export const ask = (house: Pick<House, 'url'>, clientId: string, fields: Record<string, string> = {}) =>
  fetch(new URL('/oauth/device_authorization', house.url), {
    method: 'POST',
    headers: { 'user-agent': userAgent },
    body: new URLSearchParams({ client_id: clientId, scope: 'openid profile', ...fields }),
  })

export async function begin(
  house: Pick<House, 'url'>,
  clientId: string,
  fields: Record<string, string> = {},
): Promise<Begun> {
  const answer = await ask(house, clientId, fields)
  if (!answer.ok) throw new Error(`refused: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Begun
}

export const poll = (house: Pick<House, 'url'>, client: { id: string; secret?: string | undefined }, code: string) =>
  askToken(house, client, { grant_type: DEVICE_CODE, device_code: code })

/** As far as the question whether the device may, by way of whatever is asked before; the address of that page. */
export async function look(house: House, browser: Browser, typed: string): Promise<URL> {
  let answer = await browser.post('/oauth/device', { user_code: typed })
  for (let step = 0; step < 6; step++) {
    const location = answer.headers.get('location')
    if (!location) throw new Error(`stands at ${answer.url}: ${answer.status} ${await answer.text()}`)
    const url = new URL(location, house.url)
    if (!url.pathname.startsWith('/login/')) {
      answer = await browser.get(url)
      continue
    }
    const pending = (await (await browser.get(url)).json()) as { prompt?: string }
    if (pending.prompt === 'consent') return url
    answer = await browser.post(pending.prompt === 'login' ? url : `${url.pathname}/${pending.prompt}`)
  }
  throw new Error('redirected in circles')
}

/** The answer to that question, and the page behind it. */
export async function answer(
  house: House,
  browser: Browser,
  at: URL,
  what: 'consent' | 'abort' = 'consent',
): Promise<Response> {
  const posted = await browser.post(`${at.pathname}/${what}`)
  const location = posted.headers.get('location')
  return location ? browser.get(new URL(location, house.url)) : posted
}

export async function letIn(house: House, typed: string, browser = house.browser()): Promise<Response> {
  return answer(house, browser, await look(house, browser, typed))
}
