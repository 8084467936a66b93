import { expect, it } from 'vitest'
import { instanceAuthority } from '../../src/access/authority.ts'
import { by, must, orgsWorld } from './support.ts'

it('whoever is suspended, readmitted, given other roles or removed by somebody else has a letter that says so', async () => {
  const { company, join, memberships, letters } = await orgsWorld()
  const { org } = await company()
  const ada = await join(org, ['member'])
  const told = async () => (await letters()).filter(({ message }) => message === 'membership-changed')
  must(await memberships.suspend(by, instanceAuthority, org, ada))
  must(await memberships.readmit(by, instanceAuthority, org, ada))
  must(await memberships.setRoles(by, instanceAuthority, org, ada, ['admin', 'member']))
  must(await memberships.setRoles(by, instanceAuthority, org, ada, ['member', 'admin']))
  must(await memberships.remove(by, instanceAuthority, org, ada))
  const found = await told()
  expect(found.map(({ subject }) => subject)).toEqual([
    'Hearthkey: your membership of Acme is suspended',
    'Hearthkey: your membership of Acme goes on',
    'Hearthkey: your roles at Acme were changed',
    'Hearthkey: your membership of Acme has ended',
  ])
  expect(found[2]?.text).toMatch(/Your roles there: (Administrator, Member|Member, Administrator)/)
  for (const { links } of found) expect(links).toEqual([])
})

it('whoever does it themselves has none, and a program has none', async () => {
  const { company, join, program, memberships, as, authorityOf, letters } = await orgsWorld()
  const { org, owner } = await company()
  await join(org, ['owner'])
  const robot = await program(org)
  await join(org, ['member'], robot)
  must(await memberships.setRoles(as(owner), await authorityOf(org, owner), org, owner, ['owner', 'member']))
  must(await memberships.remove(by, instanceAuthority, org, robot))
  must(await memberships.leave(as(owner), org, owner))
  expect((await letters()).filter(({ message }) => message === 'membership-changed')).toEqual([])
})
