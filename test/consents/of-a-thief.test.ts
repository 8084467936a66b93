import { describe, expect, it } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { registryOf } from '../../src/instance/registry.ts'
import type { NoticeName } from '../../src/ui/messages/areas/notices.ts'
import { newPassword } from '../account/support.ts'
import { DELAY_MS, lossWorld } from '../factor-recovery/support.ts'
import { type MailWorld, mailWorld } from '../links/support.ts'
import { ada } from '../users/support.ts'

const MINUTE = 60_000

/** Somebody who was robbed, and applications that ask for consent. */
async function robbed() {
  const world = await mailWorld()
  return { ...world, ...agreeing(world, (await world.addPerson()).id) }
}

function agreeing(world: MailWorld, user: Awaited<ReturnType<MailWorld['addPerson']>>['id']) {
  const { consents, users, notices } = world.people
  const tx = <T>(work: Parameters<typeof inTransaction<T>>[1]) => inTransaction(world.database.app, work)
  const ids = new Map<string, string>()
  const application = async (name: string) => {
    const known = ids.get(name)
    if (known !== undefined) return known
    const redirectUris = ['https://app.example/callback']
    const made = await registryOf(world).clients.create(world.by, {
      name,
      type: 'web',
      redirectUris,
      firstParty: false,
    })
    if (!made.ok) throw new Error(made.error.reason)
    ids.set(name, made.value.client.id)
    return made.value.client.id
  }
  return {
    /** As the page does it; a minute later the next thing happens. */
    agree: async (name: string, ...scopes: string[]) => {
      const clientId = await application(name)
      const agreed = { scopes, claims: [], resources: {} }
      await tx((it) => consents.give(it, world.by, { user, clientId, agreed, grant: 'a-grant' }))
      world.clock.advance(MINUTE)
    },
    left: async () => {
      const found = new Set((await consents.listOf(user)).map(({ clientId }) => clientId))
      return [...ids].filter(([, id]) => found.has(id)).map(([name]) => name)
    },
    tell: async (what: NoticeName) => {
      const owner = await users.find(user)
      if (!owner) throw new Error('nobody is there')
      await tx((it) => notices.tell(it, world.by, { user: owner, what }))
      return world.linkTo('/link/not-me')
    },
    letter: async (message: string) => {
      const found = (await world.letters()).findLast((letter) => letter.message === message)
      if (!found) throw new Error(`there is no ${message}`)
      return found.text.replaceAll(/\s+/g, ' ')
    },
    issue: async (factors: 'kept' | 'taken-away') => {
      const owner = await users.find(user)
      const issued = owner && (await world.people.recovery.issueFor(world.by, owner, { factors }))
      if (!issued?.ok) throw new Error('no link')
      const { pathname, search } = new URL(issued.value.url.reveal())
      return pathname + search
    },
  }
}

describe('[threat 7] what a thief agreed to, in “this was not me”', () => {
  it('is withdrawn from that moment on, given or widened, and what was agreed to before stays', async () => {
    const at = await robbed()
    await at.agree('Before', 'openid')
    await at.agree('Widened', 'openid')
    await at.agree('Asked again', 'openid')
    const link = await at.tell('password-changed')
    at.clock.advance(MINUTE)
    await at.agree('Thief', 'openid', 'email', 'offline_access')
    await at.agree('Widened', 'openid', 'email')
    await at.agree('Asked again', 'openid')
    expect(await (await at.open(link)).text()).toContain('A letter names them')
    expect((await at.post(link)).status).toBe(303)
    expect(await at.left()).toEqual(['Before', 'Asked again'])
    const letter = await at.letter('notice account-locked')
    expect(letter).toMatch(/lost their access.*: (Thief, Widened|Widened, Thief)\./)
  })

  it('begins before the letter of a new device, by as long as a sign-in may take', async () => {
    const at = await robbed()
    await at.agree('Before', 'openid')
    at.clock.advance(24 * 60 * MINUTE)
    await at.agree('On the way in', 'openid')
    expect((await at.post(await at.tell('new-device'))).status).toBe(303)
    expect(await at.left()).toEqual(['Before'])
  })

  it('is named, too, where another letter had locked the account before', async () => {
    const at = await robbed()
    const link = await at.tell('email-changed')
    await at.agree('Thief', 'openid')
    await at.post(await at.tell('tokens-replayed'))
    expect(await at.left()).toEqual(['Thief'])
    await at.post(link)
    expect([await at.left(), (await at.letter('notice account-locked')).includes(': Thief.')]).toEqual([[], true])
  })
})

describe('a recovery', () => {
  it.each(['kept', 'taken-away'] as const)(
    'by the operator, factors %s, withdraws all of it and names it',
    async (factors) => {
      const at = await robbed()
      await at.agree('Old', 'openid')
      at.clock.advance(400 * 24 * 60 * MINUTE)
      await at.agree('New', 'openid')
      expect((await at.post(await at.issue(factors), { password: newPassword })).status).toBe(303)
      expect(await at.left()).toEqual([])
      expect(await at.letter('notice password-changed')).toMatch(/: (New, Old|Old, New)\./)
    },
  )

  it('by the way that an administrator opened does so, too', async () => {
    const world = await lossWorld()
    const at = agreeing(world, world.user.id)
    await at.agree('Shop', 'openid')
    const { path } = await world.openRecovery()
    world.clock.advance(DELAY_MS)
    expect((await world.post(path)).status).toBe(303)
    expect([await at.left(), (await at.letter('factors-reset')).includes(': Shop.')]).toEqual([[], true])
  })

  it('by mail leaves it: whoever forgot a password is not asked about every application', async () => {
    const at = await robbed()
    await at.agree('Before', 'openid')
    await at.post('/recover', { email: ada.email })
    expect((await at.post(await at.linkTo('/recover/password'), { password: newPassword })).status).toBe(303)
    expect(await at.left()).toEqual(['Before'])
  })
})
