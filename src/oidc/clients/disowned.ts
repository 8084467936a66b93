import type { Client } from './client.ts'

/** Nobody was asked for what it holds: it was ours, and asks from now on. */
export const isOursNoMore = (before: Pick<Client, 'firstParty'>, after: Pick<Client, 'firstParty'>): boolean =>
  before.firstParty && !after.firstParty
