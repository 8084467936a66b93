import { expect, it } from 'vitest'
import { instanceAuthority } from '../../src/access/authority.ts'
import { Secret } from '../../src/lib/secret.ts'
import { by, must, orgsWorld, password } from './support.ts'

it('nothing of an organisation waits for a second connection while it holds one, also when another process has made a new key', async () => {
  const world = await orgsWorld({ poolSize: 1 })
  const beside = await orgsWorld({ beside: world.database })
  // It hears of no new key, and looks for each when it meets it.
  await world.services.listener.close()
  const { org } = await world.company()
  must(await world.domains.vouch(by, org, 'example.com'))
  must(await world.organisations.update(by, instanceAuthority, org, { policy: { membersFrom: 'verified-domains' } }))
  /** Sealed with a key that this process has never seen. */
  const invited = async (email: string) => {
    await beside.services.keyring.rotateSealKey()
    return must(await beside.invitations.invite(by, instanceAuthority, org, { email, roles: ['member'] }))
  }
  await invited('list@example.com')
  expect(await world.invitations.list({ org, limit: 10 })).toMatchObject([{ email: 'list@example.com' }])

  const { id } = await invited('resend@example.com')
  must(await world.invitations.resend(by, instanceAuthority, org, id))
  const gone = await invited('withdraw@example.com')
  must(await world.invitations.withdraw(by, instanceAuthority, org, gone.id))

  await invited('look@example.com')
  expect(await world.invitations.look(await beside.newestToken())).toMatchObject({ email: 'look@example.com' })
  const nora = await world.person('Nora', { email: 'accept@example.com' })
  await invited('accept@example.com')
  must(await world.invitations.accept(world.as(nora), await beside.newestToken(), nora))
  await invited('new@example.com')
  const chosen = { name: 'Nora New', password: new Secret(password), locale: 'en' }
  must(await world.invitations.acceptAsNew(by, await beside.newestToken(), chosen))

  must(await world.invitations.invite(world.as(nora), instanceAuthority, org, { email: 'x@example.com', roles: [] }))
  const second = await world.join(org, ['owner'])
  expect(await world.memberships.organisationsOf(second)).toMatchObject([{ organisation: org }])
  expect(await world.memberships.list({ org, limit: 10 })).toHaveLength(4)
  must(await world.memberships.leave(world.as(second), org, second))
  must(await world.memberships.setRoles(by, instanceAuthority, org, nora, ['admin']))
  must(await world.memberships.suspend(by, instanceAuthority, org, nora))
  must(await world.memberships.remove(by, instanceAuthority, org, nora))
  must(await world.organisations.remove(by, org))
})
