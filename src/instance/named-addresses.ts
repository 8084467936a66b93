import type { Config } from '../config/config.ts'
import { configInvalid } from '../config/problem.ts'
import { parseEmail } from '../users/email.ts'

const named = {
  'alerts.mail': ({ alerts }: Config) => alerts.mail,
  'audit.headsMail': ({ audit }: Config) => audit.headsMail,
}

/** As mail is sent to them; undefined where none is named. A mistake stops the start, not the first letter. */
export const addressesIn = (config: Config, where: keyof typeof named): string[] | undefined =>
  named[where](config)?.map((text) => {
    const email = parseEmail(text)
    if (email.ok) return email.value.address
    throw configInvalid([{ where, reason: `${text} is no address that mail is sent to` }])
  })
