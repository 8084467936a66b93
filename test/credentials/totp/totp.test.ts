import { describe, expect, it } from 'vitest'
import { codeAt } from '../../../src/credentials/totp/codes.ts'
import { jobHandlers } from '../../../src/instance/jobs.ts'
import { Secret } from '../../../src/lib/secret.ts'
import type { User } from '../../../src/users/user.ts'
import { atOnce, factorWorld, holderOf } from '../factor-support.ts'

const MINUTE = 60_000
const holder = holderOf('attempt')

async function totpWorld() {
  const world = await factorWorld()
  const { totps, by, clock, tx, proving } = world
  const step = () => Math.floor(clock.now().getTime() / 30_000)
  const offered = async (to: User, of = holder) => {
    const offer = await totps.offered(of, to)
    if (!offer) throw new Error('nothing is offered')
    return offer.secret
  }
  const add = (to: User, code: string, name = 'Phone', of = holder) =>
    tx((it) => totps.add(it, by, { holder: of, user: to.id, code, name }))
  /** An app that is set up, and time to use it. */
  const enrolled = async (to = world.ada, name = 'Phone') => {
    await totps.offer(holder, to.id)
    const secret = await offered(to)
    const added = await add(to, codeAt(secret, step()), name)
    if (!added.ok) throw new Error(added.error)
    clock.advance(10 * MINUTE)
    return { id: added.value.id, code: (away = 0) => codeAt(secret, step() + away) }
  }
  const prove = (who: User, code: string) => proving((it) => totps.prove(it, who.id, code))
  return { ...world, step, offered, add, enrolled, prove }
}

describe('an authenticator app that is being set up', () => {
  it('is shown the same secret to the same holder, for a quarter of an hour', async () => {
    const { totps, ada, clock, offered } = await totpWorld()
    expect(await totps.offered(holder, ada)).toBeUndefined()
    await totps.offer(holder, ada.id)
    const first = (await offered(ada)).reveal()
    clock.advance(15 * MINUTE - 1)
    await totps.offer(holder, ada.id)
    expect((await offered(ada)).reveal()).toBe(first)
    clock.advance(1)
    expect(await totps.offered(holder, ada)).toBeUndefined()
    await totps.offer(holder, ada.id)
    expect((await offered(ada)).reveal()).not.toBe(first)
  })

  it('belongs to one holder and one person', async () => {
    const { totps, ada, grace, add, offered, step } = await totpWorld()
    await totps.offer(holder, ada.id)
    const code = codeAt(await offered(ada), step())
    expect(await totps.offered(holderOf('another attempt'), ada)).toBeUndefined()
    expect(await totps.offered(holder, grace)).toBeUndefined()
    expect(await add(ada, code, 'Phone', holderOf('another attempt'))).toEqual({ ok: false, error: 'gone' })
    expect(await add(grace, code)).toEqual({ ok: false, error: 'gone' })
    const mine = (await offered(ada)).reveal()
    await totps.offer(holder, grace.id)
    expect((await offered(grace)).reveal()).not.toBe(mine)
    expect(await totps.offered(holder, ada)).toBeUndefined()
  })

  it('is set up by its first code, which is used up by that; a wrong one takes nothing away', async () => {
    const { totps, ada, add, offered, step, prove, actions, clock } = await totpWorld()
    await totps.offer(holder, ada.id)
    const secret = await offered(ada)
    const wrong = codeAt(secret, step() + 5)
    expect(await add(ada, wrong)).toEqual({ ok: false, error: 'mismatch' })
    expect(await add(ada, codeAt(secret, step()), ' ')).toEqual({ ok: false, error: 'name-invalid' })
    expect(await totps.listOf(ada.id)).toEqual([])
    const code = codeAt(secret, step())
    expect(await add(ada, code, ' Phone ')).toMatchObject({ ok: true, value: { name: 'Phone', lastUsedAt: null } })
    expect(await totps.listOf(ada.id)).toMatchObject([{ name: 'Phone', createdAt: clock.now() }])
    expect(await prove(ada, code)).toBeUndefined()
    expect(await prove(ada, codeAt(secret, step() + 1))).toBeDefined()
    expect(await add(ada, codeAt(secret, step()))).toEqual({ ok: false, error: 'gone' })
    expect((await actions()).filter((action) => action.startsWith('totp'))).toEqual(['totp.added'])
  })

  it('is set up once by twenty at the same moment', async () => {
    const { totps, ada, add, offered, step } = await totpWorld()
    await totps.offer(holder, ada.id)
    const code = codeAt(await offered(ada), step())
    const added = await atOnce(() => add(ada, code))
    expect(added.filter(({ ok }) => ok)).toHaveLength(1)
    expect(await totps.listOf(ada.id)).toHaveLength(1)
  })

  it('is one of five at the most, however many are set up at the same moment', async () => {
    const { totps, ada, add, offered, step } = await totpWorld()
    const all = await atOnce(async (which) => {
      const of = holderOf(`session ${which}`)
      await totps.offer(of, ada.id)
      return add(ada, codeAt(await offered(ada, of), step()), `App ${which}`, of)
    })
    expect(all.filter(({ ok }) => ok)).toHaveLength(5)
    expect(all.filter((one) => !one.ok && one.error === 'too-many')).toHaveLength(15)
    expect(await totps.listOf(ada.id)).toHaveLength(5)
  })

  it('is forgotten when its time is over', async () => {
    const { totps, ada, grace, clock, services, config, log, offered, database } = await totpWorld()
    await totps.offer(holder, ada.id)
    clock.advance(10 * MINUTE)
    await totps.offer(holderOf('later'), grace.id)
    clock.advance(5 * MINUTE)
    const handlers = jobHandlers({ config, services, clock, log: log.log })
    const sweep = handlers.find(({ kind }) => kind.name === 'totp_offers.sweep')
    await sweep?.run({}, { jobId: 'x', attempt: 1, signal: new AbortController().signal })
    const left = await database.app.selectFrom('totp_offers').select('holder').execute()
    expect(left.map((row) => row.holder)).toEqual([holderOf('later')])
    expect(await offered(grace, holderOf('later'))).toBeInstanceOf(Secret)
  })
})

describe('a code from an app', () => {
  it.each([
    [-2, false],
    [-1, true],
    [0, true],
    [1, true],
    [2, false],
  ])('of %i steps from now is accepted: %s', async (away, accepted) => {
    const { ada, enrolled, prove } = await totpWorld()
    const app = await enrolled()
    expect(await prove(ada, app.code(away))).toBe(accepted ? app.id : undefined)
  })

  it('is accepted once (RFC 6238 §5.2), and after it none of an earlier step', async () => {
    const { ada, enrolled, prove, clock } = await totpWorld()
    const app = await enrolled()
    const [earlier, now, next] = [app.code(-1), app.code(), app.code(1)]
    expect(await prove(ada, now)).toBe(app.id)
    expect(await prove(ada, now)).toBeUndefined()
    expect(await prove(ada, earlier)).toBeUndefined()
    expect(await prove(ada, next)).toBe(app.id)
    clock.advance(30_000)
    expect(await prove(ada, next)).toBeUndefined()
    expect(await prove(ada, app.code(1))).toBe(app.id)
  })

  it('is accepted once from twenty at the same moment', async () => {
    const { ada, enrolled, prove } = await totpWorld()
    const app = await enrolled()
    const proven = await atOnce(() => prove(ada, app.code()))
    expect(proven.filter((id) => id !== undefined)).toEqual([app.id])
  })

  it('counts for nothing when what it was proven for did not happen', async () => {
    const { ada, enrolled, prove, proving, totps } = await totpWorld()
    const app = await enrolled()
    const failing = proving(async (it) => {
      await totps.prove(it, ada.id, app.code())
      throw new Error('power cut')
    })
    await expect(failing).rejects.toThrow('power cut')
    expect(await prove(ada, app.code())).toBe(app.id)
  })

  it('is not accepted while a clock that was set back has not come to where it was', async () => {
    const { ada, enrolled, prove, clock } = await totpWorld()
    const app = await enrolled()
    const at = clock.now()
    expect(await prove(ada, app.code())).toBe(app.id)
    clock.set(new Date(at.getTime() - 60 * MINUTE))
    for (const away of [-1, 0, 1]) expect(await prove(ada, app.code(away))).toBeUndefined()
    clock.set(new Date(at.getTime() + 30_000))
    expect(await prove(ada, app.code())).toBe(app.id)
  })

  it('is of one person, and of any of their apps, each of which has steps of its own', async () => {
    const { ada, grace, enrolled, prove, totps, clock } = await totpWorld()
    const phone = await enrolled(ada, 'Phone')
    const tablet = await enrolled(ada, 'Tablet')
    expect(await prove(grace, phone.code())).toBeUndefined()
    expect(await prove(ada, tablet.code())).toBe(tablet.id)
    expect(await prove(ada, phone.code())).toBe(phone.id)
    expect(await totps.listOf(ada.id)).toMatchObject([
      { name: 'Phone', lastUsedAt: clock.now() },
      { name: 'Tablet', lastUsedAt: clock.now() },
    ])
  })
})

describe('an app that somebody has', () => {
  it('is renamed and removed by its owner alone, and each is an event', async () => {
    const { ada, grace, enrolled, totps, tx, by, actions, prove } = await totpWorld()
    const { id, code } = await enrolled()
    const rename = (user: User, name: string) => tx((it) => totps.rename(it, by, { user: user.id, id, name }))
    expect(await rename(grace, 'Mine')).toEqual({ ok: false, error: 'not-found' })
    expect(await rename(ada, '\n')).toEqual({ ok: false, error: 'name-invalid' })
    expect(await rename(ada, 'Work phone')).toMatchObject({ ok: true, value: { name: 'Work phone' } })
    expect(await tx((it) => totps.remove(it, by, { user: grace.id, id }))).toBeUndefined()
    expect(await tx((it) => totps.remove(it, by, { user: ada.id, id }))).toMatchObject({ id, name: 'Work phone' })
    expect(await tx((it) => totps.remove(it, by, { user: ada.id, id }))).toBeUndefined()
    expect(await prove(ada, code())).toBeUndefined()
    const expected = ['totp.added', 'totp.renamed', 'totp.removed']
    expect((await actions()).filter((action) => action.startsWith('totp'))).toEqual(expected)
  })

  it('goes with all the others, and with what was about to become one', async () => {
    const { ada, grace, enrolled, totps, tx, by, actions } = await totpWorld()
    await enrolled(ada, 'Phone')
    await enrolled(ada, 'Tablet')
    const kept = await enrolled(grace)
    await totps.offer(holder, ada.id)
    expect(await tx((it) => totps.removeAllOf(it, by, ada.id))).toBe(2)
    expect(await totps.listOf(ada.id)).toEqual([])
    expect(await totps.offered(holder, ada)).toBeUndefined()
    expect(await totps.listOf(grace.id)).toMatchObject([{ id: kept.id }])
    expect((await actions()).filter((action) => action === 'totp.removed')).toHaveLength(2)
  })

  it('has neither its secret nor its name in any table, nor in the log [MON-1]', async () => {
    const { ada, totps, offered, add, step, dump, log } = await totpWorld()
    await totps.offer(holder, ada.id)
    const secret = await offered(ada)
    const uri = (await totps.offered(holder, ada))?.uri.reveal() ?? ''
    const beforeIt = await dump()
    await add(ada, codeAt(secret, step()), 'Zaphods Taschentelefon')
    const bytes = Buffer.from(secret.reveal()).toString('hex')
    for (const text of [beforeIt, await dump(), log.text()])
      for (const plain of [secret.reveal(), uri, bytes, 'Zaphods', Buffer.from('Zaphods').toString('hex')])
        expect(text.includes(plain)).toBe(false)
  })
})
