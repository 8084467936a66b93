import type { Command } from 'commander'

/** Said in the same words wherever an organisation is named. */
const HELP = 'its id or its slug'

export const ORGANISATION = ['<organisation>', HELP] as const

export const ofOrganisation = (command: Command): Command =>
  command.requiredOption('--organisation, --org <organisation>', HELP)
