import type { AccountDeps } from '../account/routes.tsx'
import type { Config } from '../config/config.ts'
import { standsBesidePassword } from '../factors/beside-password.ts'
import { ruleOfInstance } from '../factors/instance-rule.ts'
import { findHeld } from '../factors/store.ts'
import type { Clock } from '../lib/clock.ts'
import { deleteAttemptsOf } from '../login/attempts/store.ts'
import type { Companies } from './companies.ts'
import type { People } from './people.ts'
import { rulesOfPerson } from './rules-of-person.ts'
import type { Services } from './services.ts'

interface AccountOptions {
  readonly config: Config
  readonly services: Pick<Services, 'database' | 'events'>
  readonly people: Omit<People, 'close'>
  readonly companies: Pick<Companies, 'orgs' | 'access'>
  readonly clock: Clock
}

/** What people do for themselves asks something of almost every room. */
export function accountParts({
  config,
  services,
  people,
  companies,
  clock,
}: AccountOptions): Omit<AccountDeps, 'browserSessions' | 'organisations' | 'applications' | 'notes'> {
  const { users, sessions, passwords, guard, mail, links, notices, verification } = people
  const { database, events } = services
  const { issuerUrl } = config.server
  const db = database.app
  const record = events.recordEvent
  const replacePassword: AccountDeps['replacePassword'] = async (tx, by, person, password, how) => {
    const { session, browser, seen } = how
    await people.replacePassword(tx, by, person, password, { reason: 'password-changed', kept: { session }, seen })
    return (await guard.browsers.remember(tx, person.id, browser)).browser
  }
  return {
    db,
    issuerUrl,
    users,
    sessions,
    dropSignIns: deleteAttemptsOf,
    stepUp: {
      heldBy: (user, tx) => findHeld(tx ?? db, user),
      counting: config.mfa.factors,
      rulesOf: rulesOfPerson({ db, config, ...companies }),
    },
    own: people.factors,
    factorChanged: people.factorChanged,
    passwords,
    hasSecondFactor: async (user) => standsBesidePassword(await findHeld(db, user), ruleOfInstance(config.mfa)),
    grants: people.grants,
    replacePassword,
    guard,
    links,
    mail,
    notices,
    takeLaterFactors: people.takeLaterFactors,
    takeLaterConsents: people.takeConsents,
    closeFactorRecovery: people.factorRecovery.close,
    verification,
    record,
    recordRefusal: (by, event) => events.recordRefusal(db, by, event),
    clock,
    mailIsSent: config.mail.url !== undefined,
  }
}
