import { describe, expect, it } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { mailWorld } from '../links/support.ts'

async function sent() {
  const world = await mailWorld()
  const user = await world.addPerson()
  await world.verification.send(world.by, user)
  const isVerified = async () => (await world.users.find(user.id))?.emailVerified
  return { ...world, user, isVerified, link: await world.linkTo('/link/verify-email') }
}

describe('the address of an account that somebody else created', () => {
  it('is verified by a button behind the mailed link, and not by opening it', async () => {
    const { open, post, link, isVerified, user, actions } = await sent()
    for (let times = 0; times < 3; times += 1) expect(await (await open(link)).text()).toContain(user.email)
    expect(await isVerified()).toBe(false)
    const done = await post(link)
    expect([done.status, done.headers.get('location')]).toEqual([303, '/link/verify-email/done'])
    expect((await open('/link/verify-email/done')).status).toBe(200)
    expect(await isVerified()).toBe(true)
    expect((await actions()).slice(-2)).toEqual(['link.used', 'user.email_verified'])
    expect((await post(link)).status).toBe(410)
  })

  it('dies with the next letter, and after a day', async () => {
    const { verification, by, user, open, link, linkTo, clock } = await sent()
    await verification.send(by, user)
    expect((await open(link)).status).toBe(410)
    const next = await linkTo('/link/verify-email')
    expect((await open(next)).status).toBe(200)
    clock.advance(86_400_000)
    expect((await open(next)).status).toBe(410)
  })

  it('is not verified by what was sent to another one (threat 22)', async () => {
    const { post, link, users, by, user, database } = await sent()
    await inTransaction(database.app, (tx) => users.changeEmail(tx, by, user.id, 'other@example.com'))
    expect((await post(link)).status).toBe(410)
  })

  it('takes no field (threat 24)', async () => {
    const { post, link, isVerified } = await sent()
    expect((await post(link, { email: 'eve@example.com' })).status).toBe(400)
    expect(await isVerified()).toBe(false)
  })
})

describe('nothing that was set before the mailbox was proven survives (threat 22)', () => {
  it('a password that somebody else chose for an address dies when its owner comes in by mail', async () => {
    const world = await mailWorld()
    const user = await world.addPerson({ password: 'chosen by a stranger' })
    await world.post('/recover', { email: user.email })
    await world.post(await world.linkTo('/recover/password'), { password: 'chosen by its owner' })
    const { Secret } = await import('../../src/lib/secret.ts')
    expect(await world.passwords.verify(user.id, new Secret('chosen by a stranger'))).toBe('mismatch')
    expect((await world.users.find(user.id))?.emailVerified).toBe(true)
  })
})
