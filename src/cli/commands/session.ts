import type { Command } from 'commander'
import type { SessionId } from '../../sessions/session.ts'
import { defineCommand } from '../command.ts'
import type { CliContext } from '../context.ts'
import { withLimit } from '../limit.ts'
import { type EndOptions, endSessions } from '../session/end.ts'
import { listSessions, showSession } from '../session/list.ts'
import { toSessionId, type WhoseOptions, whoseOptions } from '../session/whose.ts'
import { withSessions } from '../session/with-sessions.ts'

export const command = defineCommand({
  summary: 'who is signed in where, and the end of it',
  build: (command, context) => {
    addList(command, context)
    addShow(command, context)
    addEnd(command, context)
  },
})

function addList(command: Command, context: CliContext): void {
  whoseOptions(withLimit(command.command('list')))
    .description('who is signed in, the newest first: all, or those of one person, application or organisation')
    .option('--after <id>', 'begin behind this one', toSessionId)
    .action(
      context.answers((options: WhoseOptions & { limit: number; after?: SessionId }) =>
        withSessions(context, 'session list', (at) => listSessions(at, options)),
      ),
    )
}

function addShow(command: Command, context: CliContext): void {
  command
    .command('show')
    .description('one session, also one that is over: by what, from where, and what it is used for')
    .argument('<session>', 'its id', toSessionId)
    .action(
      context.answers((session: SessionId) => withSessions(context, 'session show', (at) => showSession(at, session))),
    )
}

function addEnd(command: Command, context: CliContext): void {
  whoseOptions(command.command('end'))
    .description('sign out: one session, or all of one person, application or organisation')
    .argument('[session]', 'its id', toSessionId)
    .option('--except <session>', 'with --user: all but this one', toSessionId)
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      '\nWith a session end its codes, refresh tokens and what was granted for offline use, and each application that\nasked for it is told. See docs/guides/sessions.md for what ends with an application and with an organisation.',
    )
    .action(
      context.answers((session: SessionId | undefined, { yes, ...options }: EndOptions & { yes?: true }) =>
        withSessions(context, 'session end', (at) =>
          endSessions(context, at, { ...options, session, ask: yes ? async () => {} : context.confirm }),
        ),
      ),
    )
}
