import { type Command, InvalidArgumentError } from 'commander'
import { type MailId, mailId } from '../../mail/mail.ts'
import { parseEmail } from '../../users/email.ts'
import { defineCommand } from '../command.ts'
import type { CliContext } from '../context.ts'
import { describeOutbox, describeRetry } from '../outbox/describe.ts'
import { letterRefusal } from '../outbox/refusal.ts'
import { withOutbox } from '../outbox/with-outbox.ts'

export const command = defineCommand({
  summary: 'the letters to people: which wait, which left, and what they say where no mail server takes them',
  build: (command, context) => {
    addList(command, context)
    addShow(command, context)
    addRetry(command, context)
    addTest(command, context)
  },
})

const MOST_LISTED = 1000

interface ListOptions {
  readonly limit: number
  readonly before?: MailId
  readonly to?: (address: string) => boolean
  readonly all?: true
}

function addList(command: Command, context: CliContext): void {
  command
    .command('list', { isDefault: true })
    .description('the letters of the last weeks, the newest first; what the command does without another word')
    .option('--limit <number>', `how many, at most ${MOST_LISTED}`, toLimit, 50)
    .option('--before <id>', 'begin behind this one', toMailId)
    .option('--to <address>', 'only letters to this address, as long as they wait', toAddressee)
    .option('--all', 'also what is never sent: the stand-ins for letters to addresses that nobody has')
    .action(
      context.answers(({ limit, before, to, all }: ListOptions) =>
        withOutbox(context, 'outbox list', async ({ outbox }) => {
          const entries = await outbox.list({ limit: limit + 1, before, to, isForReaders: !all })
          return describeOutbox(entries.slice(0, limit), entries.length > limit)
        }),
      ),
    )
}

function addShow(command: Command, context: CliContext): void {
  command
    .command('show')
    .description('what a letter says, where no mail server is configured; the log of events remembers who read it')
    .argument('<id>', 'as the list shows it', toMailId)
    .option('--yes', 'do not ask')
    .action(
      context.answers(async (id: MailId, { yes }: { yes?: true }) => {
        if (!yes)
          await context.confirm(
            'A letter can open somebody’s account, and reading it is recorded. Hand it to its recipient alone.',
          )
        return withOutbox(context, 'outbox show', async ({ outbox, by }) => {
          const letter = await outbox.reveal(by, id)
          if (!letter.ok) throw letterRefusal(letter.error)
          const { to, subject, text } = letter.value
          return { text: `To: ${to}\nSubject: ${subject}\n\n${text}`, json: { letter: letter.value } }
        })
      }),
    )
}

function addRetry(command: Command, context: CliContext): void {
  command
    .command('retry')
    .description('try a letter again at once: one that waits for its turn, or one that was given up and is not too old')
    .argument('<id>', 'as the list shows it', toMailId)
    .action(
      context.answers((id: MailId) =>
        withOutbox(context, 'outbox retry', async ({ outbox, by }) => {
          const letter = await outbox.retry(by, id)
          if (!letter.ok) throw letterRefusal(letter.error)
          return describeRetry(letter.value)
        }),
      ),
    )
}

function addTest(command: Command, context: CliContext): void {
  command
    .command('test')
    .description('send a letter over the configured mail server, and say what it answered')
    .argument('<address>', 'one of your own')
    .option('--language <tag>', 'the language of the letter, like de')
    .action(
      context.answers(async (address: string, { language }: { language?: string }) => {
        const { sendTestLetter } = await import('../outbox/test-letter.ts')
        return sendTestLetter(context.config(), context.clock, { address, language })
      }),
    )
}

function toLimit(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_LISTED)
    throw new InvalidArgumentError(`Give a whole number from 1 to ${MOST_LISTED}.`)
  return limit
}

/** In any spelling that is the same address. */
function toAddressee(text: string): (address: string) => boolean {
  const wanted = parseEmail(text)
  if (!wanted.ok) throw new InvalidArgumentError('Give an e-mail address like name@example.com.')
  return (address) => {
    const email = parseEmail(address)
    return email.ok && email.value.identity === wanted.value.identity
  }
}

function toMailId(text: string): MailId {
  if (!mailId.is(text))
    throw new InvalidArgumentError('Give the id of a letter, mal_…, as hearthkey outbox list shows it.')
  return text
}
