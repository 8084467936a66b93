import { z } from 'zod'
import { alertSweep } from '../alerts/cleanup.ts'
import { apiKeyJobHandlers, apiKeyJobKinds, apiKeyJobSchedules } from '../api-keys/jobs.ts'
import { auditJobKinds, auditJobSchedules } from '../audit/jobs.ts'
import type { Config } from '../config/config.ts'
import { lifetimesOf } from '../config/lifetimes.ts'
import { emailCodeSweep } from '../credentials/email-code/cleanup.ts'
import { passkeySweep } from '../credentials/passkey/cleanup.ts'
import { totpSweep } from '../credentials/totp/cleanup.ts'
import {
  factorRecoveryJobHandlers,
  factorRecoveryJobKinds,
  factorRecoveryJobSchedules,
} from '../factor-recovery/cleanup.ts'
import { guardJobHandlers, guardJobKinds, guardJobSchedules, limitSweep } from '../guard/cleanup.ts'
import { handle, type JobHandler } from '../jobs/handler.ts'
import { defineJob } from '../jobs/job.ts'
import { type JobSchedule, schedule } from '../jobs/schedule.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { licenseJobHandlers, licenseJobKinds, licenseJobSchedules } from '../licenses/jobs.ts'
import { linkSweep } from '../links/cleanup.ts'
import { loginSweep } from '../login/cleanup.ts'
import { mailJobHandlers, mailJobKinds, mailJobSchedules } from '../mail/jobs.ts'
import { backChannelJobHandlers, backChannelJobKinds } from '../oidc/back-channel/send.ts'
import { oidcSweep } from '../oidc/cleanup.ts'
import { createSubjects } from '../oidc/subjects.ts'
import { invitationJobHandlers, invitationJobKinds, invitationJobSchedules } from '../orgs/invitations/cleanup.ts'
import { revocationSweep } from '../revocations/cleanup.ts'
import { sessionJobHandlers, sessionJobKinds, sessionJobSchedules } from '../sessions/cleanup.ts'
import { createSessions } from '../sessions/service.ts'
import {
  trustedBrowserJobHandlers,
  trustedBrowserJobKinds,
  trustedBrowserJobSchedules,
} from '../trusted-browsers/cleanup.ts'
import { webhookJobHandlers, webhookJobKinds, webhookJobSchedules } from '../webhooks/deliveries/jobs.ts'
import {
  webhookSecretJobHandlers,
  webhookSecretJobKinds,
  webhookSecretJobSchedules,
} from '../webhooks/secrets/sweep.ts'
import { alertJobHandlers, alertJobKinds } from './alerts.ts'
import { auditJobs } from './audit-jobs.ts'
import { lookAfterEndingKeys } from './ending-keys.ts'
import { openGuard } from './guard.ts'
import { hangingOnSessions } from './hanging-on-sessions.ts'
import { openPostOffice, type PostOffice } from './post-office.ts'
import { registryOf } from './registry.ts'
import type { Services } from './services.ts'
import { webhookDeliveries } from './webhook-deliveries.ts'

const nothing = z.strictObject({})

/** What expires by itself, in small batches. */
const sweeps = [
  loginSweep,
  linkSweep,
  totpSweep,
  emailCodeSweep,
  passkeySweep,
  limitSweep,
  oidcSweep,
  revocationSweep,
  alertSweep,
]

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
  ...sweeps.flatMap(({ kinds }) => kinds),
  ...guardJobKinds,
  ...mailJobKinds,
  ...sessionJobKinds,
  ...backChannelJobKinds,
  ...apiKeyJobKinds,
  ...invitationJobKinds,
  ...licenseJobKinds,
  ...trustedBrowserJobKinds,
  ...factorRecoveryJobKinds,
  ...webhookJobKinds,
  ...auditJobKinds,
  ...webhookSecretJobKinds,
  ...alertJobKinds,
]

/** Checks that find nothing to do on most days: their times are spread, so that a small machine does one at a time. */
export const jobSchedules: readonly JobSchedule[] = [
  schedule(maintainSigningKeys, '7 * * * *'),
  schedule(maintainSealKeys, '23 3 * * *'),
  ...sweeps.flatMap(({ schedules }) => schedules),
  ...guardJobSchedules,
  ...mailJobSchedules,
  ...sessionJobSchedules,
  ...apiKeyJobSchedules,
  ...invitationJobSchedules,
  ...licenseJobSchedules,
  ...trustedBrowserJobSchedules,
  ...factorRecoveryJobSchedules,
  ...webhookJobSchedules,
  ...auditJobSchedules,
  ...webhookSecretJobSchedules,
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
  const guard = openGuard({ config, ...services, clock, log })
  const { idle, absolute } = lifetimesOf(config).session
  const { remembered } = config.sessions
  const { persons } = keyring
  const record = services.events.recordEvent
  const { endWhatCameOf } = hangingOnSessions(services)
  const sessions = createSessions({ db: database.owner, persons, record, endWhatCameOf, clock, idle, absolute })
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
    ...alertJobHandlers({ config, services, clock, log }),
    ...sweeps.flatMap(({ handlers }) => handlers({ owner: database.owner, clock })),
    ...guardJobHandlers({ owner: database.owner, ...guard }),
    ...backChannelJobHandlers({
      issuer: config.server.issuerUrl,
      db: database.app,
      keySet: signing.current,
      subjects: createSubjects({ keyring, db: async () => database.app }),
      outgoing: services.outgoing,
      events: services.events,
      clock,
      log,
    }),
    ...webhookJobHandlers(webhookDeliveries({ config, services, clock, log })),
    ...webhookSecretJobHandlers({
      owner: database.owner,
      by: { actor: { kind: 'system', id: 'webhook_secrets.sweep' } },
      record,
      clock,
    }),
    ...auditJobs({ config, services, clock, log }),
    ...mailJobHandlers(post ?? openPostOffice({ config, services, clock, log })),
    ...sessionJobHandlers({ owner: database.owner, sessions, record, clock, log, idle, absolute, remembered }),
  ]
}
