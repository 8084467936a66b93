import type { Command } from 'commander'

/** Said in the same words wherever an organisation is named. */
const HELP = 'its id or its slug'

export const ORGANISATION = ['<organisation>', HELP] as const

export const ofOrganisation = (command: Command): Command =>
  command.requiredOption('--organisation, --org <organisation>', HELP)

/** For what is looked after by one organisation, and found by its own id where that is gone. */
export const maybeOfOrganisation = (command: Command): Command =>
  command.option('--organisation, --org <organisation>', `${HELP}; without it, whichever looks after it`)
