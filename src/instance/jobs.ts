import { z } from 'zod'
import { apiKeyJobHandlers, apiKeyJobKinds, apiKeyJobSchedules } from '../api-keys/jobs.ts'
import type { Config } from '../config/config.ts'
import { emailCodeJobHandlers, emailCodeJobKinds, emailCodeJobSchedules } from '../credentials/email-code/cleanup.ts'
import { passkeyJobHandlers, passkeyJobKinds, passkeyJobSchedules } from '../credentials/passkey/cleanup.ts'
import { totpJobHandlers, totpJobKinds, totpJobSchedules } from '../credentials/totp/cleanup.ts'
import {
  factorRecoveryJobHandlers,
  factorRecoveryJobKinds,
  factorRecoveryJobSchedules,
} from '../factor-recovery/cleanup.ts'
import { guardJobHandlers, guardJobKinds, guardJobSchedules } from '../guard/cleanup.ts'
import { handle, type JobHandler } from '../jobs/handler.ts'
import { defineJob } from '../jobs/job.ts'
import { type JobSchedule, schedule } from '../jobs/schedule.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { licenseJobHandlers, licenseJobKinds, licenseJobSchedules } from '../licenses/jobs.ts'
import { linkJobHandlers, linkJobKinds, linkJobSchedules } from '../links/cleanup.ts'
import { loginJobHandlers, loginJobKinds, loginJobSchedules } from '../login/cleanup.ts'
import { mailJobHandlers, mailJobKinds, mailJobSchedules } from '../mail/jobs.ts'
import { oidcJobHandlers, oidcJobKinds, oidcJobSchedules } from '../oidc/cleanup.ts'
import { invitationJobHandlers, invitationJobKinds, invitationJobSchedules } from '../orgs/invitations/cleanup.ts'
import { revocationJobHandlers, revocationJobKinds, revocationJobSchedules } from '../revocations/cleanup.ts'
import { sessionJobHandlers, sessionJobKinds, sessionJobSchedules } from '../sessions/cleanup.ts'
import { createSessions } from '../sessions/service.ts'
import {
  trustedBrowserJobHandlers,
  trustedBrowserJobKinds,
  trustedBrowserJobSchedules,
} from '../trusted-browsers/cleanup.ts'
import { lookAfterEndingKeys } from './ending-keys.ts'
import { openGuard } from './guard.ts'
import { openPostOffice, type PostOffice } from './post-office.ts'
import { registryOf } from './registry.ts'
import type { Services } from './services.ts'

const nothing = z.strictObject({})

const maintainSigningKeys = defineJob({ name: 'signing_keys.maintain', schema: nothing, overlap: 'never' })
const maintainSealKeys = defineJob({
  name: 'seal_keys.maintain',
  schema: nothing,
  overlap: 'never',
  timeoutSeconds: 3600,
})

export const jobKinds = [
  maintainSigningKeys,
  maintainSealKeys,
  ...loginJobKinds,
  ...linkJobKinds,
  ...totpJobKinds,
  ...emailCodeJobKinds,
  ...passkeyJobKinds,
  ...guardJobKinds,
  ...oidcJobKinds,
  ...mailJobKinds,
  ...sessionJobKinds,
  ...revocationJobKinds,
  ...apiKeyJobKinds,
  ...invitationJobKinds,
  ...licenseJobKinds,
  ...trustedBrowserJobKinds,
  ...factorRecoveryJobKinds,
]

/** Checks that find nothing to do on most days: their times are spread, so that a small machine does one at a time. */
export const jobSchedules: readonly JobSchedule[] = [
  schedule(maintainSigningKeys, '7 * * * *'),
  schedule(maintainSealKeys, '23 3 * * *'),
  ...loginJobSchedules,
  ...linkJobSchedules,
  ...totpJobSchedules,
  ...emailCodeJobSchedules,
  ...passkeyJobSchedules,
  ...guardJobSchedules,
  ...oidcJobSchedules,
  ...mailJobSchedules,
  ...sessionJobSchedules,
  ...revocationJobSchedules,
  ...apiKeyJobSchedules,
  ...invitationJobSchedules,
  ...licenseJobSchedules,
  ...trustedBrowserJobSchedules,
  ...factorRecoveryJobSchedules,
]

interface JobDeps {
  readonly config: Config
  readonly services: Services
  readonly clock: Clock
  readonly log: Log
  readonly post?: Pick<PostOffice, 'deliver' | 'sweep'>
}

export function jobHandlers({ config, services, clock, log, post }: JobDeps): JobHandler[] {
  const { keyring, signing, database } = services
  const cleanup = { db: database.app, clock, log }
  const guard = openGuard({ config, ...services, clock, log })
  const { session: idle, endedSession: remembered } = config.tokens
  const { persons } = keyring
  const record = services.events.recordEvent
  const sessions = createSessions({ db: database.owner, persons, record, clock, idle })
  return [
    handle(maintainSigningKeys, async () => {
      // Whoever registered an API may have died before its keys were made.
      await registryOf({ config, services, clock }).apis.ensureKeys()
      const done = await signing.keys.maintain()
      if (done.rotated || done.erased.length > 0) log.info(done, 'the signing keys were maintained')
    }),
    handle(maintainSealKeys, async () => {
      const done = await keyring.maintain()
      if (done.rotated || done.resealed > 0 || done.destroyed.length > 0)
        log.info(done, 'the seal keys were maintained')
    }),
    ...loginJobHandlers(cleanup),
    ...linkJobHandlers(cleanup),
    ...totpJobHandlers(cleanup),
    ...emailCodeJobHandlers(cleanup),
    ...passkeyJobHandlers(cleanup),
    ...revocationJobHandlers(cleanup),
    ...apiKeyJobHandlers((signal) => lookAfterEndingKeys({ config, services, clock, log }, signal)),
    ...invitationJobHandlers({
      owner: database.owner,
      record,
      clock,
      remembered: config.organisations.endedInvitation,
    }),
    ...licenseJobHandlers(services.licenses.check),
    ...factorRecoveryJobHandlers({
      db: database.app,
      clock,
      record,
      by: { actor: { kind: 'system', id: 'factor_recoveries.sweep' } },
    }),
    ...trustedBrowserJobHandlers({
      db: database.app,
      clock,
      record,
      by: { actor: { kind: 'system', id: 'trusted_browsers.sweep' } },
    }),
    ...guardJobHandlers({ ...cleanup, ...guard }),
    ...oidcJobHandlers(cleanup),
    ...mailJobHandlers(post ?? openPostOffice({ config, services, clock, log })),
    ...sessionJobHandlers({ owner: database.owner, sessions, record, clock, log, idle, remembered }),
  ]
}
