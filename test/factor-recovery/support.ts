import { codeAt } from '../../src/credentials/totp/codes.ts'
import { inInstance, inTransaction } from '../../src/db/transaction.ts'
import { findHeld } from '../../src/factors/store.ts'
import { jobHandlers } from '../../src/instance/jobs.ts'
import { sha256 } from '../../src/lib/hash.ts'
import type { User } from '../../src/users/user.ts'
import { type MailWorld, mailWorld } from '../links/support.ts'

export const DELAY_MS = 24 * 3_600_000
export const GOOD_FOR_MS = 48 * 3_600_000

/** Somebody with everything that there is to lose. Without a mail server whoever opens the way says that they tell them. */
export async function lossWorld({ smtp }: { readonly smtp?: string } = {}) {
  const world = await mailWorld({
    env: smtp === undefined ? {} : { SMTP_URL: smtp, MAIL_FROM: 'no-reply@id.example.com' },
    file: 'mfa:\n  trustedBrowser: 30d\n  factors: [passkey, totp, email-code, backup-code]\n',
  })
  const user = await world.addPerson()
  await equip(world, user)
  const db = world.database.app
  return {
    ...world,
    user,
    held: () => findHeld(db, user.id),
    events: (action: string) =>
      inInstance(world.services.database.owner, (tx) =>
        tx.selectFrom('events').selectAll().where('action', '=', action).orderBy('id').execute(),
      ),
    sweep: async () => {
      const { config, services, clock, log } = world
      const handlers = jobHandlers({ config, services, clock, log: log.log })
      const sweep = handlers.find(({ kind }) => kind.name === 'factor_recoveries.sweep')
      if (!sweep) throw new Error('nobody sweeps')
      await sweep.run({}, { jobId: 'test', attempt: 1, signal: new AbortController().signal })
    },
    openRecovery: async () => {
      const opened = await world.factorRecovery.open(world.by, {
        user: user.id,
        ...verified,
        untold: smtp === undefined,
      })
      if (!opened.ok) throw new Error(opened.error)
      const { pathname, search } = new URL(opened.value.url.reveal())
      return { ...opened.value, path: pathname + search }
    },
  }
}

export const verified = { verifiedBy: 'Grace Hopper, help desk', how: 'called back at the number in the staff list' }

async function equip({ factors, sessions, by, clock, database }: MailWorld, user: User): Promise<void> {
  const { totps, backupCodes, emailCodes, trustedBrowsers } = factors
  const holder = sha256('arranged')
  await totps.offer(holder, user.id)
  const offer = await totps.offered(holder, user)
  if (!offer) throw new Error('nothing was offered')
  const code = codeAt(offer.secret, Math.floor(clock.now().getTime() / 30_000))
  await inTransaction(database.app, async (tx) => {
    await totps.add(tx, by, { holder, user: user.id, code, name: 'Phone' })
    await backupCodes.generate(tx, by, user.id)
    await emailCodes.enable(tx, by, user.id)
    await trustedBrowsers.trust(tx, by, user.id, { factor: 'totp', userAgent: undefined, ip: '192.0.2.9' })
    const signIn = { user: user.id, amr: ['pwd'], acr: 'aal1', userAgent: undefined, ip: '192.0.2.7', at: clock.now() }
    await sessions.start(tx, by, signIn)
  })
}
