import { lagOfChain, lagsOfFollowers, unsignedSince } from '../../audit/keeping/store.ts'
import type { Config } from '../../config/config.ts'
import { openDatabase } from '../../db/database.ts'
import { type InstanceTx, inInstance } from '../../db/transaction.ts'
import { logReaders } from '../../instance/log-readers.ts'
import { systemClock } from '../../lib/clock.ts'
import { type Check, type Finding, fine, warning } from './finding.ts'

const LATE_MS = 60_000

/** Whether events get into the chain, whether its heads are signed, and whether those who follow it keep up. */
export const chainCheck: Check = {
  subject: 'audit chain',
  examine: async ({ config, target, log }) => {
    const database = openDatabase({ target, poolSize: 1, log })
    try {
      return await inInstance(database.owner, (tx) => standing(tx, config))
    } finally {
      await database.close()
    }
  },
}

async function standing(tx: InstanceTx, config: Config): Promise<Finding[]> {
  const now = systemClock.now().getTime()
  // Also what is yet to come: what waits says itself when it happened, and a clock may have been ahead.
  const isLate = (since: Date, patience = LATE_MS) => Math.abs(now - since.getTime()) > patience
  const chain = await lagOfChain(tx)
  if (chain === 'walks')
    return [
      warning(
        'events from before are still being put into it, or no server has run since',
        'Let the server run; its log says so where it cannot (“the audit chain”).',
      ),
    ]
  const findings: Finding[] = []
  if (chain !== 'none' && isLate(chain))
    findings.push(
      warning(
        `an event of ${chain.toISOString()} is not in it yet`,
        'See that the server runs; then look for “the audit chain” in its log.',
      ),
    )
  const unsigned = await unsignedSince(tx)
  if (unsigned && isLate(unsigned, config.audit.checkpointEvery + LATE_MS))
    findings.push(
      warning(
        `no signed head covers what came since ${unsigned.toISOString()}`,
        'See that the server runs; then look for “signing the head of the audit chain” in its log.',
      ),
    )
  for (const { name, since } of await lagsOfFollowers(tx, logReaders(config)))
    if (isLate(since))
      findings.push(
        warning(
          `“${name}” is behind since ${since.toISOString()}`,
          `See that the server runs; then look for “${name}” in its log.`,
        ),
      )
  return findings.length > 0
    ? findings
    : [fine('events are in it at once, its heads are signed, and all who follow it keep up')]
}
