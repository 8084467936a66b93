import { beforeEach, describe, expect, it } from 'vitest'
import type { ActorContext } from '../../../src/audit/actor.ts'
import { inTransaction } from '../../../src/db/transaction.ts'
import type { User } from '../../../src/users/user.ts'
import { eventually } from '../../support/eventually.ts'
import { email, openSteps, password, type Steps } from '../second-factors.ts'

const by: ActorContext = { actor: { kind: 'operator', id: 'test' } }

let login: Steps
let ada: User
beforeEach(async () => {
  login = await openSteps()
  ada = await login.addPerson(email, password)
})

/** Begins `other` when a session is about to be written, and lets the sign-in go on once that is done, or waits for it. */
async function beside(other: () => Promise<unknown>) {
  const admin = await login.database.superuser()
  const waits = async () =>
    (await admin.query(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`))
      .rowCount
  let begun: Promise<unknown> | undefined
  let isOver = false
  login.onStart(async () => {
    if (begun !== undefined) return
    begun = other().finally(() => {
      isOver = true
    })
    await eventually(async () => (isOver || (await waits()) ? true : undefined))
  })
  return async () => {
    expect(begun, 'it came to a session').toBeDefined()
    await begun
  }
}

const ways: Record<string, () => Promise<unknown>> = {
  'a password': () => login.begin().signIn(),
  'a passkey': async () => login.begin().withPasskey(await login.addPasskey(ada)),
  'an app': async () => {
    const app = await login.addTotp(ada)
    const visit = login.begin()
    await visit.signIn()
    return visit.withCode(app.code())
  },
}

const ends: Record<string, () => Promise<unknown>> = {
  disabled: () => login.users.disable(by, ada.id),
  locked: () => inTransaction(login.database.app, (tx) => login.users.lock(tx, by, ada.id, 'not-me')),
}

const live = async () => {
  const { app } = login.database
  return app.selectFrom('sessions').select('id').where('ended_at', 'is', null).execute()
}

describe('[threat 11] a sign-in that completes at the moment at which the account is', () => {
  describe.each(Object.entries(ends))('%s', (_, end) => {
    it.each(Object.entries(ways))('by %s, leaves no session behind', async (_name, signIn) => {
      const settled = await beside(end)
      await signIn()
      await settled()
      expect(await live()).toEqual([])
    })
  })
})
