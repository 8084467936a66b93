import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { Context } from 'hono'
import { z } from 'zod'
import { AppError } from '../errors/app-error.ts'
import type { HttpEnv } from '../http/env.ts'
import { readForm } from '../http/input/read.ts'

const confirmation = z.strictObject({ xsrf: z.string().min(1), logout: z.literal('yes') })

/**
 * Only what our page's button sends. Without `logout` the engine would take back what the client holds, keep the session
 * and say that all is ended: neither what a person wants who stays, nor what one wants who leaves.
 */
export async function assertConfirmed(c: Context<HttpEnv>): Promise<void> {
  try {
    await readForm(c, confirmation)
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'bad-request')) throw error
    c.env.exchange.log.info({ detail: error.detail }, 'a sign-out was not confirmed')
    throw new AppError('sign-out-incomplete')
  }
  if (c.env.incoming) giveBack(c.env.incoming, Buffer.from(await c.req.arrayBuffer()))
}

/** The engine reads the body by itself, from the stream, once more; or another in its place. */
export function giveBack(incoming: IncomingMessage, body: Buffer): void {
  incoming.headers['content-length'] = String(body.length)
  Object.defineProperties(incoming, {
    readable: { value: true },
    iterator: { value: () => Readable.from([body]).iterator() },
  })
}
