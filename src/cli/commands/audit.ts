import { type Command, Option } from 'commander'
import { type AcknowledgeOptions, acknowledge } from '../audit/acknowledge.ts'
import { type ExportOptions, exportLog } from '../audit/export.ts'
import { withFilter } from '../audit/filter.ts'
import { type ListOptions, listEvents, showEvent } from '../audit/list.ts'
import { head, keys } from '../audit/proof.ts'
import { type VerifyCommandOptions, verify } from '../audit/verify.ts'
import { withAudit } from '../audit/with-audit.ts'
import { defineCommand } from '../command.ts'
import type { CliContext } from '../context.ts'
import { withLimit } from '../limit.ts'

export const command = defineCommand({
  summary: 'the log of who did what: read it, and prove that it is whole',
  build: (command, context) => {
    addList(command, context)
    addShow(command, context)
    addExport(command, context)
    addVerify(command, context)
    addAcknowledge(command, context)
    addHead(command, context)
    addKeys(command, context)
  },
})

function addList(command: Command, context: CliContext): void {
  withLimit(withFilter(command.command('list'), context.clock))
    .description('who did what, the newest first')
    .option('--oldest-first', 'the other way round')
    .option('--after <place>', 'go on behind a page, as it said at its end')
    .action(
      context.answers((options: ListOptions) => withAudit(context, 'audit list', (at) => listEvents(at, options))),
    )
}

function addShow(command: Command, context: CliContext): void {
  command
    .command('show')
    .description('all of one event: who, from where, and what changed')
    .argument('<event>', 'its id, evt_…')
    .action(context.answers((id: string) => withAudit(context, 'audit show', (at) => showEvent(at, id))))
}

function addExport(command: Command, context: CliContext): void {
  withFilter(command.command('export'), context.clock)
    .description('the log as a file: whole, it can be verified anywhere; with a filter, it is a part')
    .addOption(
      new Option('--format <format>', 'ndjson holds the proof as well; csv is for spreadsheets')
        .choices(['ndjson', 'csv'])
        .default('ndjson'),
    )
    .option('--out <file>', 'instead of standard output')
    .option('--force', 'write over a file of that name')
    .action(
      context.answers((options: ExportOptions) =>
        withAudit(context, 'audit export', (at) => exportLog(context, at, options)),
      ),
    )
}

function addVerify(command: Command, context: CliContext): void {
  command
    .command('verify')
    .description('find what was changed, removed, moved or put in: in the database, or in an exported file')
    .argument('[file]', 'an export (NDJSON): neither a configuration nor a database is needed for it')
    .option('--head <head>', 'a signed head that was kept elsewhere, or a file with some: against it a cut end shows')
    .option('--keys <file>', 'the keys that are trusted (JWKS), kept elsewhere too')
    .addHelpText(
      'after',
      '\nExit code 0: all is right. 1: something is not, and is named. 2: it was broken, and the log itself says that an\noperator has looked into that (audit acknowledge); all else is right.',
    )
    .action(
      context.answers((file: string | undefined, options: VerifyCommandOptions) => verify(context, file, options)),
    )
}

function addAcknowledge(command: Command, context: CliContext): void {
  command
    .command('acknowledge')
    .description('say that you have looked into a break of the log: it stays one, and verification goes on behind it')
    .option('--reason <text>', 'what you found out; it stands in the log for as long as the break')
    .option('--yes', 'do not ask')
    .action(
      context.answers((options: AcknowledgeOptions) =>
        withAudit(context, 'audit acknowledge', (at) => acknowledge(context, at, options)),
      ),
    )
}

function addHead(command: Command, context: CliContext): void {
  command
    .command('head')
    .description('the newest signed head, to be kept where nobody reaches it from here')
    .action(context.answers(() => head(context)))
}

function addKeys(command: Command, context: CliContext): void {
  command
    .command('keys')
    .description('the public keys that sign heads (JWKS), to be kept elsewhere as well')
    .action(context.answers(() => keys(context)))
}
