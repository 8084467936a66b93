import { type Command, InvalidArgumentError } from 'commander'
import { type EventId, eventId } from '../../audit/event.ts'
import { listAlerts } from '../alert/list.ts'
import { describeRules } from '../alert/rules.ts'
import { defineCommand } from '../command.ts'
import type { CliContext } from '../context.ts'
import { withLimit } from '../limit.ts'

export const command = defineCommand({
  summary: 'what somebody should look at, picked out of the log of events',
  build: (command, context) => {
    addList(command, context)
    addRules(command, context)
  },
})

function addList(command: Command, context: CliContext): void {
  withLimit(command.command('list', { isDefault: true }))
    .description('the alerts that were raised, the newest first; what the command does without another word')
    .option('--before <id>', 'begin behind this one', toEventId)
    .addHelpText('after', '\nThe event that raised one: hearthkey audit show <event>')
    .action(context.answers((options: { limit: number; before?: EventId }) => listAlerts(context, options)))
}

function addRules(command: Command, context: CliContext): void {
  command
    .command('rules')
    .description('what alerts are raised for here, and of which letters are written')
    .action(context.answers(async () => describeRules(context.config())))
}

function toEventId(text: string): EventId {
  if (!eventId.is(text)) throw new InvalidArgumentError('Expected the id of an event: evt_… .')
  return text
}
