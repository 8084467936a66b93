import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDemo } from '../../examples/demo/app.ts'
import { discover } from '../../examples/demo/relying-party.ts'
import { type Browser, type House, openSharedHouse } from '../oidc/support.ts'
import { cookieJar } from './cookie-jar.ts'

const origin = 'http://127.0.0.1:4000'
const addresses = { callback: `${origin}/callback`, signedOut: `${origin}/signed-out` }

let house: House
let demo: ReturnType<typeof createDemo>
beforeAll(async () => {
  house = await openSharedHouse()
  await house.addPerson()
  const client = await house.addClient({ redirectUris: [addresses.callback] })
  const credentials = { clientId: client.id, clientSecret: client.secret ?? '' }
  const { issuer } = house
  const relyingParty = await discover(issuer, credentials, addresses)
  demo = createDemo({ relyingParty, trust: { issuer, audience: issuer }, origin })
})
afterAll(() => house?.close())

/** One browser with the cookies of both sites, and as many tabs as there are calls. */
function openTabs() {
  const jar = cookieJar()
  const hosted: Browser = house.browser()
  const go = async (to: URL | string) => {
    const url = new URL(to, origin)
    const cookie = jar.headerFor(url)
    const answer = await demo.request(url.href, cookie === undefined ? {} : { headers: { cookie } })
    jar.keep(answer)
    return answer
  }
  return {
    go,
    begin: async () => new URL((await go('/sign-in')).headers.get('location') ?? ''),
    signIn: (authorization: URL) => hosted.signIn(authorization),
    cancel: async (authorization: URL) => {
      const { pathname } = new URL((await hosted.get(authorization)).headers.get('location') ?? '', house.url)
      const resume = (await hosted.post(`${pathname}/abort`)).headers.get('location') ?? ''
      return new URL((await hosted.get(resume)).headers.get('location') ?? '')
    },
  }
}

const said = async (answer: Response) => [answer.status, /<h1>(.*?)<\/h1>/.exec(await answer.text())?.[1]]

describe('the demo says what happened and what to do', () => {
  it('when the sign-in was cancelled', async () => {
    const { go, begin, cancel } = openTabs()
    const answer = await go(await cancel(await begin()))
    expect(answer.status).toBe(403)
    expect(await answer.text()).toMatch(/You cancelled the sign-in[\s\S]*To sign in after all[\s\S]*href="\/sign-in"/)
  })

  it('when a newer sign-in was begun in another tab, which still can be finished', async () => {
    const { go, begin, signIn } = openTabs()
    const [first, second] = [await begin(), await begin()]
    expect(await said(await go(await signIn(first)))).toEqual([409, 'A newer sign-in is open in another tab'])
    const back = await go(await signIn(second))
    expect([back.status, back.headers.get('location')]).toEqual([303, '/'])
    expect(await said(await go('/'))).toEqual([200, 'Signed in as Ada Lovelace'])
  })

  it('when another tab has signed in meanwhile', async () => {
    const { go, begin, signIn } = openTabs()
    const [first, second] = [await begin(), await begin()]
    await go(await signIn(second))
    const answer = await go(await signIn(first))
    expect(answer.status).toBe(409)
    expect(await answer.text()).toMatch(/You are signed in already[\s\S]*href="\/"/)
    expect(await said(await go('/'))).toEqual([200, 'Signed in as Ada Lovelace'])
  })

  it('when this browser never began one', async () => {
    const answer = await openTabs().go('/callback?code=x&state=y')
    expect(answer.status).toBe(400)
    expect(await answer.text()).toMatch(/began in another browser[\s\S]*Begin a new one/)
  })
})
