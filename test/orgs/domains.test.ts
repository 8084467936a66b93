import { describe, expect, it } from 'vitest'
import { instanceAuthority } from '../../src/access/authority.ts'
import { dnsLookUp } from '../../src/orgs/domains/dns.ts'
import { parseDomain } from '../../src/orgs/domains/domain-name.ts'
import { type Answer, dnsServer } from './dns-server.ts'
import { by, must, type OrgsWorld, orgsWorld } from './support.ts'

const refused = (error: unknown) => ({ ok: false, error })

async function withDomain(domain = 'example.org') {
  const world = await orgsWorld()
  const { org, owner } = await world.company()
  const added = must(await world.domains.add(by, instanceAuthority, org, domain))
  const verify = (way: 'dns' | 'file' = 'dns') => world.domains.verify(by, instanceAuthority, org, domain, way)
  return { world, org, owner, added, verify }
}

const vouch = async (world: OrgsWorld, org: Parameters<OrgsWorld['domains']['list']>[0], domain: string) =>
  must(await world.domains.vouch(by, org, domain))

describe('a domain', () => {
  it('counts for nothing until its owner has published the challenge in the DNS', async () => {
    const { world, org, added, verify } = await withDomain()
    expect(added.challenge).toMatch(/^hearthkey-domain-verification=[A-Za-z0-9_-]{32}$/)
    expect(await verify()).toEqual(refused('not-published'))
    world.dns.set('_hearthkey.example.org', ['v=spf1 -all', 'hearthkey-domain-verification=somebody-else'])
    expect(await verify()).toEqual(refused('not-published'))
    world.dns.set('_hearthkey.example.org', ['v=spf1 -all', added.challenge])
    expect(must(await verify()).verified).toEqual({ at: world.clock.now(), by: 'dns' })
    expect(await verify()).toEqual(refused('already'))
    expect((await world.events()).slice(-2)).toMatchObject([
      { action: 'domain.added', target_id: org, after: { domain: 'example.org' } },
      { action: 'domain.verified', target_id: org, after: { domain: 'example.org', by: 'dns' } },
    ])
  })

  it('is shown by a file at its own address as well: not behind a redirect, not by an error that repeats it', async () => {
    const { world, added, verify } = await withDomain()
    const url = 'https://example.org/.well-known/hearthkey-domain.txt'
    const body = `# ours\r\n ${added.challenge} \n`
    for (const answer of [
      { status: 404, body },
      { status: 200, body: added.challenge.slice(0, -1) },
      'redirected',
    ] as const) {
      world.web.set(url, answer)
      expect(await verify('file')).toEqual(refused('not-published'))
    }
    world.web.set(url, { status: 200, body: `${'x\n'.repeat(100)}${added.challenge}` })
    expect(await verify('file'), 'below what is read').toEqual(refused('not-published'))
    world.web.set(url, { status: 200, body })
    expect(must(await verify('file')).verified).toEqual({ at: world.clock.now(), by: 'file' })
    expect((await world.events()).at(-1)).toMatchObject({ action: 'domain.verified', after: { by: 'file' } })
  })

  it('of one organisation is nobody else’s: neither by its challenge, nor by theirs', async () => {
    const { world, added, verify } = await withDomain()
    const other = await world.company('globex')
    const theirs = must(await world.domains.add(by, instanceAuthority, other.org, 'EXAMPLE.org'))
    expect(theirs.challenge).not.toBe(added.challenge)
    world.dns.set('_hearthkey.example.org', [added.challenge])
    expect(await world.domains.verify(by, instanceAuthority, other.org, 'example.org', 'dns')).toEqual(
      refused('not-published'),
    )
    world.dns.set('_hearthkey.example.org', [added.challenge, theirs.challenge])
    const both = await Promise.all([
      verify(),
      world.domains.verify(by, instanceAuthority, other.org, 'example.org', 'dns'),
    ])
    expect(both.filter(({ ok }) => ok)).toHaveLength(1)
    expect(both.find(({ ok }) => !ok)).toEqual(refused('taken'))
    expect((await world.events()).filter(({ action }) => action === 'domain.verified')).toHaveLength(1)
  })

  it('is verified once, and by the challenge that was looked up, whatever happens meanwhile', async () => {
    const { world, org, added, verify } = await withDomain()
    world.dns.set('_hearthkey.example.org', [added.challenge])
    world.meanwhile.lookedUp = async () => {
      must(await world.domains.remove(by, instanceAuthority, org, 'example.org'))
      world.meanwhile.lookedUp = async () => {}
      must(await world.domains.add(by, instanceAuthority, org, 'example.org'))
    }
    expect(await verify()).toEqual(refused('not-published'))
    expect(await world.domains.list(org)).toMatchObject([{ verified: undefined }])
    const [{ challenge } = added] = await world.domains.list(org)
    world.dns.set('_hearthkey.example.org', [challenge])
    const answers = await Promise.all(Array.from({ length: 5 }, () => verify()))
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    expect((await world.events()).filter(({ action }) => action === 'domain.verified')).toHaveLength(1)
  })

  it('is vouched for by the operator alone, where nobody can look it up', async () => {
    const world = await orgsWorld()
    const { org } = await world.company()
    await vouch(world, org, 'bücher.example')
    expect(await world.domains.list(org)).toMatchObject([
      { domain: 'xn--bcher-kva.example', verified: { by: 'operator' } },
    ])
    expect(await world.domains.vouch(by, org, 'bücher.example')).toEqual(refused('already'))
  })

  it('is looked after by whoever may manage the organisation', async () => {
    const { world, org, added } = await withDomain()
    const member = await world.join(org, ['member'])
    const authority = await world.authorityOf(org, member)
    const actor = world.as(member)
    world.dns.set('_hearthkey.example.org', [added.challenge])
    expect(await world.domains.add(actor, authority, org, 'other.example')).toEqual(refused('forbidden'))
    expect(await world.domains.verify(actor, authority, org, 'example.org', 'dns')).toEqual(refused('forbidden'))
    expect(await world.domains.remove(actor, authority, org, 'example.org')).toEqual(refused('forbidden'))
    must(await world.domains.remove(by, instanceAuthority, org, 'example.org'))
    expect(await world.domains.list(org)).toEqual([])
    expect((await world.events()).at(-1)).toMatchObject({ action: 'domain.removed', before: { domain: 'example.org' } })
    expect(await world.domains.remove(by, instanceAuthority, org, 'example.org')).toEqual(refused('no-domain'))
  })

  it('is a name of a host that people have mailboxes at, and nothing else', () => {
    const others = [
      'localhost',
      '192.0.2.1',
      'exa mple.org',
      'example.org/path',
      'user@example.org',
      '-a.example',
      '',
      'a..b',
    ]
    for (const text of [
      ...others,
      '[::1]',
      'example.org?x',
      'ex%61mple.org',
      'example.org:443',
      `${'a.'.repeat(130)}org`,
    ])
      expect(parseDomain(text), text).toBeUndefined()
    expect(parseDomain(' Bücher.Example ')).toBe('xn--bcher-kva.example')
  })

  it('with nobody to ask is said to be out of reach, and a file is never asked for at a private address', async () => {
    const { world, org, verify } = await withDomain('intranet.invalid')
    expect(await verify('file')).toEqual(refused('unreachable'))
    expect(await world.domains.verify(by, instanceAuthority, org, 'nobody.example', 'file')).toEqual(
      refused('no-domain'),
    )
  })
})

describe('the name server is asked', () => {
  it('for what stands there now: records put together from their pieces', async () => {
    const server = await dnsServer(new Map([['_hearthkey.example.org', [['a long ', 'record'], ['another']]]]))
    const lookUp = dnsLookUp({ servers: [server], timeout: 1000 })
    expect(await lookUp('_hearthkey.example.org')).toEqual({ ok: true, value: ['a long record', 'another'] })
    expect(await lookUp('_hearthkey.example.com')).toEqual(refused('not-found'))
  })

  it('and one that fails or says nothing is told apart from one that knows of nothing', async () => {
    const server = await dnsServer(
      new Map<string, Answer>([
        ['broken.example', 'failure'],
        ['silent.example', 'silence'],
        ['empty.example', []],
      ]),
    )
    const lookUp = dnsLookUp({ servers: [server], timeout: 100 })
    expect(await lookUp('broken.example')).toEqual(refused('unreachable'))
    expect(await lookUp('silent.example')).toEqual(refused('unreachable'))
    expect(await lookUp('empty.example')).toEqual(refused('not-found'))
  })
})

describe('an organisation that takes people of its own domains alone', () => {
  const closed = { membersFrom: 'verified-domains' } as const
  const open = { membersFrom: null }

  it('has a domain first, or nobody could join', async () => {
    const world = await orgsWorld()
    const { org } = await world.company()
    const close = () => world.organisations.update(by, instanceAuthority, org, { policy: closed })
    expect(await close()).toMatchObject({ ok: false, error: { reason: 'policy-invalid' } })
    must(await world.domains.add(by, instanceAuthority, org, 'example.org'))
    expect(await close()).toMatchObject({ ok: false })
    await vouch(world, org, 'example.org')
    must(await close())
  })

  it('keeps the last of them while its policy asks for one', async () => {
    const world = await orgsWorld()
    const { org } = await world.company()
    const remove = (domain: string) => world.domains.remove(by, instanceAuthority, org, domain)
    for (const domain of ['example.org', 'example.net']) await vouch(world, org, domain)
    must(await world.domains.add(by, instanceAuthority, org, 'unproven.example'))
    must(await world.organisations.update(by, instanceAuthority, org, { policy: closed }))
    must(await remove('example.net'))
    const before = (await world.events()).length
    expect(await remove('example.org')).toEqual(refused('last-domain'))
    expect((await world.domains.list(org)).map(({ domain }) => domain)).toEqual(['example.org', 'unproven.example'])
    expect(await world.events()).toHaveLength(before)
    must(await remove('unproven.example'))
    must(await world.organisations.update(by, instanceAuthority, org, { policy: open }))
    must(await remove('example.org'))
  })

  it('invites and adds nobody with another address, a subdomain, or one that is not proven', async () => {
    const world = await orgsWorld()
    const { org } = await world.company()
    await vouch(world, org, 'example.org')
    must(await world.organisations.update(by, instanceAuthority, org, { policy: closed }))
    const invite = (email: string) => world.invitations.invite(by, instanceAuthority, org, { email, roles: [] })
    for (const email of ['a@example.com', 'a@mail.example.org', 'a@example.org.evil.example'])
      expect(await invite(email), email).toEqual(refused('address-not-admitted'))
    must(await invite('A@EXAMPLE.org'))
    const add = async (email: string, verified: boolean) =>
      world.memberships.add(by, instanceAuthority, org, await world.person('P', { email, verified }), [])
    expect(await add('b@example.com', true)).toEqual(refused('address-not-admitted'))
    expect(await add('b@example.org', false)).toEqual(refused('address-not-admitted'))
    must(await add('c@example.org', true))
  })

  it('judges an invitation again when it is accepted: the domain may be gone by then', async () => {
    const world = await orgsWorld()
    const { org } = await world.company()
    must(await world.invitations.invite(by, instanceAuthority, org, { email: 'a@example.com', roles: [] }))
    const token = await world.newestToken()
    await vouch(world, org, 'example.org')
    must(await world.organisations.update(by, instanceAuthority, org, { policy: closed }))
    expect(await world.invitations.look(token)).toBeUndefined()
    await vouch(world, org, 'example.com')
    expect(await world.invitations.look(token)).toBeDefined()
  })

  it('sends no invitation again to an address that it takes no more', async () => {
    const world = await orgsWorld()
    const { org } = await world.company()
    const { id } = must(
      await world.invitations.invite(by, instanceAuthority, org, { email: 'a@example.com', roles: [] }),
    )
    await vouch(world, org, 'example.org')
    must(await world.organisations.update(by, instanceAuthority, org, { policy: closed }))
    expect(await world.invitations.resend(by, instanceAuthority, org, id)).toEqual(refused('address-not-admitted'))
    expect(await world.letters()).toHaveLength(1)
    must(await world.organisations.update(by, instanceAuthority, org, { policy: open }))
    must(await world.invitations.resend(by, instanceAuthority, org, id))
  })
})
