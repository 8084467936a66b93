import { type Command, InvalidArgumentError } from 'commander'

const MOST_LISTED = 1000

/** How much of a list is shown at once. */
export const withLimit = (command: Command): Command =>
  command.option('--limit <number>', `how many, at most ${MOST_LISTED}`, toLimit, 100)

function toLimit(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_LISTED)
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${MOST_LISTED}.`)
  return limit
}
