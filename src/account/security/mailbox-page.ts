import type { Context } from 'hono'
import { z } from 'zod'
import type { HttpEnv } from '../../http/env.ts'
import { type AccountPath, paths } from '../paths.ts'
import { type What, whatIn, withWhat } from './what.ts'

/** By name: an address in an address could be anybody's. */
const wanted = {
  app: paths.addApp,
  passkey: paths.addPasskey,
  'backup-codes': paths.backupCodes,
} as const

const toShape = z.enum(['app', 'passkey', 'backup-codes', 'remove']).optional().catch(undefined)

/** The page that asks for the mailbox, on the way to another one. */
export const mailboxFor = (to: keyof typeof wanted): AccountPath => `${paths.mailbox}?to=${to}`

export const mailboxToRemove = (what: What): AccountPath => `${paths.mailbox}?to=remove&what=${what}`

interface OnTheWay {
  /** Where it leads on to. */
  readonly on: AccountPath
  readonly here: AccountPath
}

/** Of the page that asks for the mailbox, and of its forms. */
export function onTheWay(c: Context<HttpEnv>): OnTheWay & { readonly send: AccountPath } {
  const way = wayOf(toShape.parse(c.req.query('to')), whatIn(c))
  return { ...way, send: `${paths.sendMailboxCode}${way.here.slice(paths.mailbox.length)}` }
}

function wayOf(to: z.output<typeof toShape>, what: What | undefined): OnTheWay {
  if (to === 'remove' && what !== undefined)
    return { here: mailboxToRemove(what), on: withWhat(paths.removeFactor, what) }
  return to === undefined || to === 'remove'
    ? { here: paths.mailbox, on: paths.security }
    : { here: mailboxFor(to), on: wanted[to] }
}
