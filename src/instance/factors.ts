import type { ActorContext } from '../audit/actor.ts'
import type { EventWriter } from '../audit/writer.ts'
import type { Config } from '../config/config.ts'
import { type BackupCodes, createBackupCodes } from '../credentials/backup-code/service.ts'
import { createEmailCodes, type EmailCodes } from '../credentials/email-code/service.ts'
import { relyingPartyOf } from '../credentials/passkey/relying-party.ts'
import { createPasskeys, type Passkeys } from '../credentials/passkey/service.ts'
import type { HoldPerson } from '../credentials/totp/ports.ts'
import { createTotps, type Totps } from '../credentials/totp/service.ts'
import type { Db } from '../db/types.ts'
import type { Keyring } from '../keyring/keyring.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Mail } from '../mail/service.ts'
import { deviceOf } from '../sessions/device.ts'
import { type TrustCookie, trustCookie } from '../trusted-browsers/cookie.ts'
import { createTrustedBrowsers, type TrustedBrowsers } from '../trusted-browsers/service.ts'
import type { Guard } from './guard.ts'
import { mailboxIndex } from './mailbox-index.ts'

/** What people prove beside a password, or in its place: a room for each kind. */
export interface Factors {
  readonly passkeys: Passkeys<ActorContext>
  readonly totps: Totps<ActorContext>
  readonly backupCodes: BackupCodes<ActorContext>
  readonly emailCodes: EmailCodes<ActorContext>
  readonly trustedBrowsers: TrustedBrowsers<ActorContext>
  readonly trustCookie: TrustCookie
}

interface FactorsOptions {
  readonly config: Config
  readonly db: Db
  readonly events: EventWriter
  readonly keyring: Pick<Keyring, 'persons' | 'blindIndex' | 'derive'>
  readonly holdPerson: HoldPerson
  readonly guard: Pick<Guard, 'limits' | 'emailKey'>
  readonly mail: Mail
  readonly clock: Clock
  readonly log: Log
}

export function openFactors(options: FactorsOptions): Factors {
  const { config, db, events, keyring, holdPerson, guard, mail, clock, log } = options
  const { persons } = keyring
  const record = events.recordEvent
  return {
    passkeys: createPasskeys({ db, party: partyOf(config), persons, clock, log, record }),
    totps: createTotps({ db, persons, holdPerson, issuer: config.mail.operatorName, clock, record }),
    backupCodes: createBackupCodes({ db, hashKey: keyring.derive('backup codes'), clock, record }),
    emailCodes: createEmailCodes({
      db,
      hashKey: keyring.derive('e-mail codes'),
      indexOf: (email) => mailboxIndex(keyring.blindIndex, 'email_codes.email', email),
      // What is sent here takes nothing from what recovery may send, and the other way round.
      takeLimit: (email, knownBrowser) =>
        guard.limits.take('mail', { email: guard.emailKey(email), purpose: 'second-factor', knownBrowser }),
      mail,
      clock,
      record,
    }),
    trustedBrowsers: createTrustedBrowsers({
      db,
      persons,
      describe: deviceOf,
      clock,
      record,
      lifetime: config.mfa.trustedBrowser,
    }),
    trustCookie: trustCookie(config.server.issuerUrl),
  }
}

const partyOf = ({ server, passkeys, mail }: Config) =>
  relyingPartyOf({ ...passkeys, issuerUrl: server.issuerUrl, rpName: passkeys.rpName ?? mail.operatorName })
