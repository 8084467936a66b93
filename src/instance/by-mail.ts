import type { ActorContext } from '../audit/actor.ts'
import { NOBODY } from '../audit/sealer.ts'
import type { EventWriter } from '../audit/writer.ts'
import type { Config } from '../config/config.ts'
import type { Passwords } from '../credentials/password/service.ts'
import type { Db } from '../db/types.ts'
import { createFactorRecovery, type FactorRecovery } from '../factor-recovery/service.ts'
import { standsBesidePassword } from '../factors/beside-password.ts'
import { ruleOfInstance } from '../factors/instance-rule.ts'
import { findHeld } from '../factors/store.ts'
import type { Keyring } from '../keyring/keyring.ts'
import type { Clock } from '../lib/clock.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { createLinks, type Links } from '../links/service.ts'
import type { Mail } from '../mail/service.ts'
import { createNotices, type Notices } from '../notices/service.ts'
import { createRecovery, type Recovery } from '../recovery/service.ts'
import { createRegistration, type Registration } from '../registration/service.ts'
import { createVerification, type Verification } from '../registration/verification/service.ts'
import { parseEmail } from '../users/email.ts'
import type { Users } from '../users/service.ts'
import type { EndEverything } from './end-everything.ts'
import type { Guard } from './guard.ts'
import { mailboxIndex } from './mailbox-index.ts'
import { type ReplacePassword, replacingPassword } from './replace-password.ts'
import type { TakeConsents } from './take-consents.ts'
import type { TakeFactorsAway } from './take-factors-away.ts'
import type { TakeLaterFactors } from './take-later-factors.ts'

/** What people do by a link that came to their mailbox. */
export interface ByMail {
  readonly links: Links<ActorContext>
  readonly notices: Notices<ActorContext>
  readonly verification: Verification<ActorContext>
  readonly registration: Registration<ActorContext>
  readonly recovery: Recovery<ActorContext>
  readonly factorRecovery: FactorRecovery<ActorContext>
  readonly replacePassword: ReplacePassword
}

interface ByMailOptions {
  readonly config: Config
  readonly db: Db
  readonly events: EventWriter
  readonly keyring: Pick<Keyring, 'persons' | 'blindIndex'>
  readonly users: Users<ActorContext>
  readonly passwords: Passwords<ActorContext>
  readonly mail: Mail
  readonly guard: Pick<Guard, 'lockout' | 'limits' | 'emailKey'>
  readonly endEverything: EndEverything
  readonly takeFactorsAway: TakeFactorsAway
  readonly takeLaterFactors: TakeLaterFactors
  readonly takeConsents: TakeConsents
  readonly clock: Clock
}

export function openByMail(options: ByMailOptions): ByMail {
  const {
    config,
    db,
    events,
    keyring,
    users,
    passwords,
    mail,
    guard,
    endEverything,
    takeFactorsAway,
    takeLaterFactors,
    takeConsents,
    clock,
  } = options
  const { issuerUrl } = config.server
  const record = events.recordEvent
  const links = createLinks({ db, persons: keyring.persons, nobody: NOBODY, clock, record })
  const common = { db, issuerUrl, links, mail, clock }
  const factorRecovery = createFactorRecovery({
    ...common,
    delay: config.mfa.recoveryDelay,
    delivers: config.mail.url !== undefined,
    people: users,
    persons: keyring.persons,
    indexOf: (email) => mailboxIndex(keyring.blindIndex, 'factor_recoveries.mailbox', email),
    takeFactorsAway: (tx, by: ActorContext, person) =>
      takeFactorsAway(tx, by, person, { via: 'recovery', mustEnrol: true }),
    record,
  })
  const notices = createNotices({
    ...common,
    holdPerson: users.hold,
    lockAccount: users.lock,
    takeLaterFactors,
    takeLaterConsents: takeConsents,
    closeFactorRecovery: factorRecovery.close,
    signInLasts: config.tokens.interaction,
  })
  const verification = createVerification({ ...common, hold: users.hold, verifyEmail: users.verifyEmail })
  const registration = createRegistration({
    ...common,
    policy: config.registration,
    people: users,
    readAddress,
    passwords,
    limit: (email) => guard.limits.take('signIn', { email: guard.emailKey(email), purpose: 'registration' }),
  })
  const replacePassword = replacingPassword({
    passwords,
    endEverything,
    takeConsents,
    links,
    lockout: guard.lockout,
    notices,
  })
  const recovery = createRecovery({
    ...common,
    people: users,
    readAddress,
    passwords,
    replacePassword: (tx, by: ActorContext, person, password, byMailbox, seen) =>
      replacePassword(tx, by, person, password, {
        reason: 'account-recovered',
        byMailbox,
        takesConsents: !byMailbox,
        seen,
      }),
    // There may be no mail where the operator is the last way in: nobody is sent to a mailbox for a code.
    takeFactorsAway: (tx, by: ActorContext, person) =>
      takeFactorsAway(tx, by, person, { via: 'operator', mustEnrol: false }),
    hasSecondFactor: async (user, byMailbox) =>
      standsBesidePassword(await findHeld(db, user), ruleOfInstance(config.mfa), byMailbox),
    limit: (account) => guard.limits.take('account', { account, purpose: 'recovery' }),
    record,
  })
  return { links, notices, verification, registration, recovery, factorRecovery, replacePassword }
}

function readAddress(typed: string): Result<{ readonly address: string; readonly domain: string }, 'email-invalid'> {
  const email = parseEmail(typed)
  if (!email.ok) return fail(email.error)
  const { address, identity } = email.value
  return ok({ address, domain: identity.slice(identity.lastIndexOf('@') + 1) })
}
