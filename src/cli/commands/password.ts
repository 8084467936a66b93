import { InvalidArgumentError } from 'commander'
import { defineCommand } from '../command.ts'
import { suggest } from '../password/suggest.ts'

const [LEAST, MOST] = [20, 2000]

export const command = defineCommand({
  summary: 'what hashing passwords costs on this machine',
  build: (command, context) => {
    command
      .command('suggest')
      .description('measure Argon2id here, and say what to put into the configuration; takes some seconds')
      .option('--target <milliseconds>', 'how long one hash may take', toTarget, 250)
      .action(context.answers(({ target }: { target: number }) => suggest(context, target)))
  },
})

function toTarget(text: string): number {
  const target = Number(text)
  if (!Number.isInteger(target) || target < LEAST || target > MOST)
    throw new InvalidArgumentError(`Expected a whole number of milliseconds from ${LEAST} to ${MOST}.`)
  return target
}
