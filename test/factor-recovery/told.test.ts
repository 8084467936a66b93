import { describe, expect, it, onTestFinished } from 'vitest'
import { openPostOffice } from '../../src/instance/post-office.ts'
import { listMails } from '../../src/mail/store.ts'
import { captureMail } from '../support/mail.ts'
import { DELAY_MS, lossWorld, verified } from './support.ts'

type World = Awaited<ReturnType<typeof lossWorld>>

async function mailingWorld() {
  const server = await captureMail()
  onTestFinished(() => server.close())
  const world = await lossWorld({ smtp: server.url })
  return { server, ...world }
}

/** As the queue would. */
async function deliver({ config, services, clock, log, database }: World): Promise<void> {
  const post = openPostOffice({ config, services, clock, log: log.log })
  onTestFinished(() => post.close())
  for (const { id } of await listMails(database.app, undefined, 100))
    await post.deliver(id, { signal: new AbortController().signal, isLast: false })
}

describe('[MOS-4] a way back is worth its wait only if its owner hears of it', () => {
  it('opens nothing as long as its letter has not left: the page says so, and nothing is used up', async () => {
    const world = await mailingWorld()
    const { path, told } = await world.openRecovery()
    expect(told).toEqual([world.user.email])
    world.clock.advance(DELAY_MS)
    const page = await world.open(path)
    expect(page.status).toBe(403)
    expect(await page.text()).toContain('has not left yet')
    const forced = await world.post(path)
    expect([forced.status, forced.headers.get('location')]).toEqual([303, path])
    expect(await world.held()).toMatchObject({ totps: 1, mustEnrol: false })

    await deliver(world)
    expect(world.server.mails.map(({ text }) => text).join()).toContain('/link/stop-factor-recovery?token=')
    expect((await world.open(path)).status).toBe(200)
    expect((await world.post(path)).headers.get('location')).toBe('/link/factor-recovery/done')
    expect(await world.held()).toMatchObject({ totps: 0, mustEnrol: true })
  })

  it('without mail is opened for nobody, unless somebody says that they tell the owner; with mail nobody may say so', async () => {
    const world = await lossWorld()
    const asked = { user: world.user.id, ...verified }
    expect(await world.factorRecovery.open(world.by, asked)).toEqual({ ok: false, error: 'nobody-told' })
    expect(await world.letters()).toEqual([])
    const { told, letter } = await world.openRecovery()
    expect(told, 'nobody was').toEqual([])
    expect(
      (await world.letters()).map(({ id }) => id),
      'and can be read on the host',
    ).toContain(letter)

    const mailing = await mailingWorld()
    const untold = { user: mailing.user.id, ...verified, untold: true }
    expect(await mailing.factorRecovery.open(mailing.by, untold)).toEqual({ ok: false, error: 'told-by-mail' })
  })

  it('says in its event whether somebody is told, and where, under the key of the person', async () => {
    const mailing = await mailingWorld()
    const { letter } = await mailing.openRecovery()
    const [byMail] = await mailing.events('factor_recovery.opened')
    expect(byMail?.after).toMatchObject({ telling: 'by-mail', letter })
    expect(byMail?.personal).not.toBeNull()
    expect(JSON.stringify(byMail?.after)).not.toContain(mailing.user.email)
    const world = await lossWorld()
    await world.openRecovery()
    const [byHand] = await world.events('factor_recovery.opened')
    expect(byHand?.after).toMatchObject({ telling: 'by-hand' })
  })
})
