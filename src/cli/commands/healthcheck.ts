import { ExitCode } from '../../errors/exit-code.ts'
import { defineCommand } from '../command.ts'
import { probe } from '../probe.ts'

export const command = defineCommand({
  summary: 'ask the server on this machine whether it is ready (for a container or a supervisor)',
  build: (command, context) => {
    command.addHelpText('after', '\nExit code 0: ready. 69: not ready, or nobody answered within two seconds.').action(
      context.answers(async () => {
        const found = await probe(context.config().server)
        return {
          text: found.ready ? 'ready' : `not ready: ${found.reason}`,
          json: found,
          exit: found.ready ? ExitCode.ok : ExitCode.unavailable,
        }
      }),
    )
  },
})
