import type { Config } from '../../config/config.ts'
import { AppError } from '../../errors/app-error.ts'
import { openTransport, rendererOf } from '../../instance/post-office.ts'
import type { Clock } from '../../lib/clock.ts'
import { mailId } from '../../mail/mail.ts'
import { MailTrouble } from '../../mail/transport/failure.ts'
import { parseEmail } from '../../users/email.ts'
import type { Output } from '../output.ts'
import { inWords } from './trouble.ts'

interface TestLetter {
  readonly address: string
  readonly language: string | undefined
}

/** Past the outbox: it belongs to nobody, and the operator waits for the answer. */
export async function sendTestLetter(config: Config, clock: Clock, { address, language }: TestLetter): Promise<Output> {
  const email = parseEmail(address)
  if (!email.ok) throw new AppError('usage-error', { detail: 'That is not an e-mail address that can be used here.' })
  const transport = openTransport(config)
  const { url, from, timeout } = config.mail
  if (!transport || !url || !from) throw new AppError('mail-not-configured')
  const messageId = `<${mailId.generate()}@${new URL(config.server.issuerUrl).hostname}>`
  const letter = rendererOf(config)({ name: 'test' }, language)
  const to = { address: email.value.address, name: undefined }
  const server = `${url.host}:${url.port}`
  try {
    const { answer } = await transport.send(
      { messageId, date: clock.now(), to, ...letter },
      AbortSignal.timeout(timeout),
    )
    const text = `${server} took the letter and said: ${answer}\nNow look into the mailbox, also among what was taken for advertising.`
    return { text, json: { server, answer, messageId } }
  } catch (error) {
    if (error instanceof MailTrouble) throw inWords(error, { server, from: from.address })
    throw error
  } finally {
    transport.close()
  }
}
