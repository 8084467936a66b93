import { sql } from 'kysely'
import { describe, expect, it, vi } from 'vitest'
import { instanceAuthority } from '../../src/access/authority.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { openCompanies } from '../../src/instance/companies.ts'
import { accountHouse, adaAddress, password, text } from '../account/support.ts'
import { by, must } from './support.ts'

const email = 'nora@example.com'
const chosen = { name: 'Nora New', password: 'nine small owls under a quilt' }

async function invitedHouse(to: string = email) {
  const house = await accountHouse()
  const { orgs } = openCompanies({ ...house, people: house.people })
  const owner = await house.addPerson('olga@example.com')
  const { id: org } = must(
    await orgs.organisations.create(by, { slug: 'acme', name: 'Acme & Söhne', template: 'basic', owner: owner.id }),
  )
  const invite = async (address: string, roles: readonly string[] = ['member']) => {
    must(await orgs.invitations.invite(by, instanceAuthority, org, { email: address, roles }))
    const url = new URL((await house.letters()).at(-1)?.links[0] ?? '')
    return url.pathname + url.search
  }
  return { ...house, orgs, org, owner, invite, link: await invite(to) }
}

describe('an invitation, in a browser without JavaScript,', () => {
  it('makes an account and a member of somebody new, who then signs in', async () => {
    const { browser, link, orgs, org, people } = await invitedHouse()
    const nora = browser()
    const page = await nora.go(link)
    expect(page.status).toBe(200)
    for (const words of ['Invitation to Acme &amp; Söhne', 'Member', 'administration of this service', email])
      expect(text(page)).toContain(words)
    const wrong = await nora.send(page, 'create', { name: '', password: 'short' })
    expect(wrong.status).toBe(422)
    expect(text(wrong)).toContain('Enter your name.')
    const done = await nora.send(wrong, 'create', chosen)
    expect(done.path).toBe('/invite/done')
    expect(text(done)).toMatch(/You are a member of Acme &amp; Söhne now/)
    expect(text(await browser().go('/invite/done')), 'to whoever opens it without it').not.toContain('Acme')
    const user = await people.users.findByEmail(email)
    expect(user).toMatchObject({ emailVerified: true, name: 'Nora New' })
    expect(await orgs.memberships.list({ org, limit: 10 })).toHaveLength(2)
    const account = await nora.signIn('/account/organisations', email, chosen.password)
    expect(text(account)).toContain('Acme &amp; Söhne')
    expect((await nora.go(link)).status).toBe(410)
  })

  it('says when the next password is judged where there were too many, keeps the name, and the link', async () => {
    const { browser, link, people } = await invitedHouse()
    const judging = vi
      .spyOn(people.passwords, 'prepare')
      .mockResolvedValue({ ok: false, error: { reason: 'breached' } })
    const nora = browser()
    let page = await nora.go(link)
    for (let time = 0; time < 11; time += 1) page = await nora.send(page, 'create', chosen)
    expect(page.status).toBe(429)
    expect(text(page)).toContain('There were too many tries. You can try again in')
    expect(page.html).toContain(`value="${chosen.name}"`)
    expect(judging).toHaveBeenCalledTimes(10)
    judging.mockRestore()
    expect((await nora.go(link)).status).toBe(200)
  })

  it('leads whoever has an account to the sign-in and back, and one press accepts', async () => {
    const { browser, link, orgs, org, ada } = await invitedHouse(adaAddress)
    const her = browser()
    const page = await her.go(link)
    expect(text(page)).toContain('Sign in with it to accept')
    const signIn = await her.send(page, 'sign-in')
    const back = await her.send(signIn, 'login', { email: adaAddress, password })
    expect(back.path).toBe('/invite')
    expect(text(back)).toContain(`You are signed in as ${adaAddress}`)
    expect(await orgs.memberships.find(org, ada.id), 'nothing is accepted by looking').toBeUndefined()
    const done = await her.send(back, 'accept')
    expect(done.path).toBe('/account/organisations?done=joined')
    expect(text(done)).toContain('You have accepted the invitation.')
    expect(await orgs.memberships.find(org, ada.id)).toMatchObject({ status: 'active', roleKeys: ['member'] })
    expect((await her.go('/invite')).status).toBe(410)
  })

  it('leads to a sign-in in the language that was chosen there, with the address filled in', async () => {
    const { browser, link } = await invitedHouse(adaAddress)
    const her = browser()
    const signIn = await her.send(await her.go(`${link}&lang=de`), 'sign-in')
    expect(signIn.html).toContain('<html lang="de"')
    expect(signIn.html).toContain(`value="${adaAddress}"`)
  })

  it('keeps its token out of everything that a sign-in stores', async () => {
    const { browser, link, services } = await invitedHouse(adaAddress)
    const token = new URL(link, 'http://x').searchParams.get('token') ?? '?'
    const her = browser()
    const signIn = await her.send(await her.go(link), 'sign-in')
    expect(signIn.path).not.toContain(token)
    const { rows } = await sql<{ text: string }>`SELECT t::text AS text FROM oidc_artifacts t`.execute(
      services.database.app,
    )
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) {
      // Also where it would stand in the payload of a signed state.
      const inside = (row.text.match(/[A-Za-z0-9_-]{20,}/g) ?? []).map((part) =>
        Buffer.from(part, 'base64url').toString(),
      )
      for (const readable of [row.text, ...inside]) expect(readable).not.toContain(token)
    }
  })

  it('is for nobody else: not for another account, nor for one whose address is not proven', async () => {
    const { browser, link, addPerson, orgs, org, ada } = await invitedHouse()
    const other = browser()
    await other.signIn()
    const page = await other.go(link)
    expect(text(page)).toMatch(new RegExp(`This invitation is for ${email} ?. You are signed in as ${adaAddress}`))
    expect(page.html).not.toContain('id="accept"')
    const token = new URL(link, 'http://x').search
    expect((await other.post(`/invite/accept${token}`)).status).toBe(403)
    expect(await orgs.memberships.find(org, ada.id)).toBeUndefined()

    const nora = await addPerson(email, { verified: false })
    const hers = browser()
    await hers.signIn('/account', email)
    expect(text(await hers.go(link))).toContain('is not confirmed yet')
    expect((await hers.post(`/invite/accept${token}`)).status).toBe(403)
    expect(await orgs.memberships.find(org, nora.id)).toBeUndefined()
    const create = await hers.post(`/invite/create${token}`, chosen)
    expect(create.status, 'nor is a second account made for the address').toBe(409)
  })

  it('is accepted by a form of ours alone: not by looking, from elsewhere, or with a field more (threat 24)', async () => {
    const { browser, link, url, people } = await invitedHouse()
    const nora = browser()
    for (let times = 0; times < 3; times += 1) expect((await nora.go(link)).status).toBe(200)
    const token = new URL(link, 'http://x').search
    const foreign = await fetch(`${url}/invite/create${token}`, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      body: new URLSearchParams(chosen),
    })
    expect(foreign.status).toBe(403)
    for (const field of ['email', 'emailVerified', 'instanceRole', 'roles', 'organisation', 'user'])
      expect((await nora.post(`/invite/create${token}`, { ...chosen, [field]: 'admin' })).status, field).toBe(400)
    expect(await people.users.findByEmail(email)).toBeUndefined()
  })

  it('says one thing for every link that opens nothing', async () => {
    const { browser, link, clock } = await invitedHouse()
    const nora = browser()
    const dead = async (path: string) => {
      const stop = await nora.go(path)
      expect(stop.status).toBe(410)
      return text(stop)
    }
    const pages = [await dead('/invite'), await dead(`/invite?token=${'A'.repeat(43)}`), await dead('/invite?token=x')]
    clock.advance(8 * 86_400_000)
    pages.push(await dead(link))
    expect(new Set(pages).size).toBe(1)
    expect((await nora.post(`/invite/create?token=${'A'.repeat(43)}`, chosen)).status).toBe(410)
    expect((await nora.post(`/invite/sign-in?token=${'A'.repeat(43)}`)).status).toBe(410)
  })
})

describe('one’s own organisations', () => {
  it('are seen by whoever is signed in, with roles, and left on one’s own word', async () => {
    const { browser, orgs, org, ada } = await invitedHouse()
    must(await orgs.memberships.add(by, instanceAuthority, org, ada.id, ['admin', 'member']))
    const her = browser()
    const page = await her.signIn('/account/organisations')
    expect(text(page)).toContain('Administrator, Member')
    const ask = await her.go(`/account/organisations/leave?organisation=${org}`)
    expect(text(ask)).toContain('Only a new invitation lets you in again.')
    expect(await orgs.memberships.find(org, ada.id)).toBeDefined()
    const left = await her.send(ask, 'leave', { organisation: org })
    expect(text(left)).toContain('You have left the organisation.')
    expect(await orgs.memberships.find(org, ada.id)).toBeUndefined()
  })

  it('keep the last one who must stay, and say why', async () => {
    const { browser, orgs, org, owner } = await invitedHouse()
    const olga = browser()
    await olga.signIn('/account/organisations', 'olga@example.com')
    const stop = await olga.post('/account/organisations/leave', { organisation: org })
    expect(stop.status).toBe(409)
    expect(text(stop)).toContain('You are the last one')
    expect(await orgs.memberships.find(org, owner.id)).toBeDefined()
  })

  it('[TOS-3] of somebody else are neither shown nor left', async () => {
    const { browser, orgs, org, owner } = await invitedHouse()
    const her = browser()
    const page = await her.signIn('/account/organisations')
    expect(text(page)).not.toContain('Acme')
    expect((await her.go(`/account/organisations/leave?organisation=${org}`)).path).toBe('/account/organisations')
    expect((await her.post('/account/organisations/leave', { organisation: org })).path).toBe('/account/organisations')
    expect((await her.post('/account/organisations/leave', { organisation: org, user: owner.id })).status).toBe(400)
    expect(await orgs.memberships.list({ org, limit: 10 })).toHaveLength(1)
  })

  it('show which application opens for which, until that is forgotten', async () => {
    const { browser, orgs, org, ada, addClient, services } = await invitedHouse()
    must(await orgs.memberships.add(by, instanceAuthority, org, ada.id, ['member']))
    const client = await addClient()
    await inTransaction(services.database.app, (tx) => orgs.seats.remember(tx, ada.id, client.id, org))
    const her = browser()
    const page = await her.signIn('/account/organisations')
    expect(text(page)).toContain('Invoices opens for Acme &amp; Söhne')
    const after = await her.send(page, `forget-choice-${client.id}`, { application: client.id })
    expect(text(after)).toContain('The choice is forgotten.')
    expect(text(after)).not.toContain('Invoices')
  })
})
