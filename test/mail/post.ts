import { onTestFinished } from 'vitest'
import { openPostOffice, type PostOffice } from '../../src/instance/post-office.ts'
import type { DeliveryRun } from '../../src/mail/delivery.ts'
import type { MailId } from '../../src/mail/mail.ts'
import { findMail, listMails, type MailRow } from '../../src/mail/store.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { testConfig } from '../support/config.ts'
import { captureMail, type MailCapture } from '../support/mail.ts'
import { ISSUER, send } from './support.ts'

export const FROM = 'no-reply@id.example.com'

export interface Post extends TestApp {
  readonly post: PostOffice
  /** The letters that there are, oldest first. */
  rows(): Promise<MailRow[]>
  row(id: MailId): Promise<MailRow>
  /** Puts a letter there and answers its id. */
  put(...letter: Parameters<typeof send>[1][]): Promise<MailId>
  /** As the queue would. */
  deliver(id: MailId, run?: Partial<DeliveryRun>): Promise<void>
}

export const smtpEnv = (url: string, more: Record<string, string> = {}) => ({
  ISSUER_URL: ISSUER,
  SMTP_URL: url,
  MAIL_FROM: FROM,
  ...more,
})

/** An instance that delivers to the server at this address; without one, to nobody. */
export async function postAt(url?: string, env: Record<string, string> = {}): Promise<Post> {
  const app = await createTestApp({ env: url === undefined ? { ISSUER_URL: ISSUER, ...env } : smtpEnv(url, env) })
  const post = openPost(app)
  const rows = async () => (await listMails(app.services.database.app, undefined, 1000)).reverse()
  return {
    ...app,
    post,
    rows,
    row: async (id) => {
      const row = await findMail(app.services.database.app, id)
      if (!row) throw new Error(`no letter ${id}`)
      return row
    },
    put: async (letter) => {
      await send(app, letter)
      const row = (await rows()).at(-1)
      if (!row) throw new Error('no letter was put there')
      return row.id
    },
    deliver: (id, run = {}) => post.deliver(id, { signal: new AbortController().signal, isLast: false, ...run }),
  }
}

/** Another process of the same instance, perhaps with other settings. */
export function openPost(app: TestApp, env?: Record<string, string>): PostOffice {
  const config = env ? { ...app.config, mail: testConfig(env).mail } : app.config
  const post = openPostOffice({ config, services: app.services, clock: app.clock, log: app.log.log })
  onTestFinished(() => post.close())
  return post
}

export async function mailServer(...behaviour: Parameters<typeof captureMail>): Promise<MailCapture> {
  const capture = await captureMail(...behaviour)
  onTestFinished(() => capture.close())
  return capture
}

/** The actions of the events about a letter, oldest first, with what they say. */
export async function eventsOf({ database }: TestApp, id: MailId): Promise<{ action: string; after: unknown }[]> {
  const { rows } = await (await database.superuser()).query<{ action: string; after: unknown }>(
    'SELECT action, after FROM events WHERE target_id = $1 ORDER BY id',
    [id],
  )
  return rows
}
