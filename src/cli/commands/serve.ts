import { createLog } from '../../lib/log.ts'
import { terminalLog } from '../../lib/terminal-log.ts'
import { defineCommand } from '../command.ts'

export const command = defineCommand({
  summary: 'run the server (the default)',
  build: (command, context) => {
    command
      .addHelpText(
        'after',
        '\nStops cleanly on SIGTERM or Ctrl-C: readiness fails, running requests finish, the database is shut down last.',
      )
      .action(
        context.answers(async () => {
          const config = context.config()
          const { serve } = await import('../../instance/serve.ts')
          const log = createLog(config.log.level, process.stdout.isTTY ? terminalLog(process.stdout) : undefined)
          await serve({ config, clock: context.clock, log })
          return undefined
        }),
      )
  },
})
