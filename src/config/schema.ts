import { z } from 'zod'
import { alerts } from './sections/alerts.ts'
import { apiKeys } from './sections/api-keys.ts'
import { audit } from './sections/audit.ts'
import { breaches } from './sections/breaches.ts'
import { clients } from './sections/clients.ts'
import { data } from './sections/data.ts'
import { database } from './sections/database.ts'
import { geo } from './sections/geo.ts'
import { keys } from './sections/keys.ts'
import { licenses } from './sections/licenses.ts'
import { limits } from './sections/limits.ts'
import { load } from './sections/load.ts'
import { lockout } from './sections/lockout.ts'
import { log } from './sections/log.ts'
import { mail } from './sections/mail.ts'
import { mfa } from './sections/mfa.ts'
import { organisations } from './sections/organisations.ts'
import { outgoing } from './sections/outgoing.ts'
import { passkeys } from './sections/passkeys.ts'
import { passwords } from './sections/passwords.ts'
import { registration } from './sections/registration.ts'
import { server } from './sections/server.ts'
import { sessions } from './sections/sessions.ts'
import { tokens } from './sections/tokens.ts'
import { ui } from './sections/ui.ts'
import { webhooks } from './sections/webhooks.ts'
import { sectionsOf } from './setting.ts'

/** The one schema: it parses, and the documentation, the examples and the editor's schema are made from it. */
export const schema = z
  .strictObject({
    server,
    data,
    database,
    log,
    keys,
    tokens,
    sessions,
    passwords,
    breaches,
    mfa,
    passkeys,
    registration,
    organisations,
    clients,
    apiKeys,
    licenses,
    outgoing,
    geo,
    ui,
    mail,
    lockout,
    limits,
    load,
    audit,
    alerts,
    webhooks,
  })
  .readonly()

export const sections = sectionsOf(schema)
export const settings = sections.flatMap((section) => section.settings)

export type Parsed = z.output<typeof schema>
