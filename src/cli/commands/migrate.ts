import { withOwnerClient } from '../../db/database.ts'
import { migrate, migrationStatus } from '../../db/migrations/migrate.ts'
import type { MigrationPlan } from '../../db/migrations/plan.ts'
import { prepareDatabase } from '../../instance/prepare.ts'
import { reachTarget } from '../../instance/target.ts'
import { defineCommand } from '../command.ts'
import type { Output } from '../output.ts'

interface Options {
  readonly status?: true
  readonly dryRun?: true
}

export const command = defineCommand({
  summary: 'bring the database to the version of this program (the server does it at its start)',
  build: (command, context) => {
    command
      .option('--status', 'only say what is applied and what is pending')
      .option('--dry-run', 'apply what is pending and roll it back')
      .action(
        context.answers(async ({ status, dryRun }: Options) => {
          const create = !status && !dryRun
          const held = await reachTarget(context.config(), context.log, { create })
          try {
            if (status)
              return describe(await withOwnerClient(held.target, (client) => migrationStatus(client)), 'pending')
            if (dryRun) {
              const rehearsal = { clock: context.clock, log: context.log, dryRun }
              return describe(await withOwnerClient(held.target, (client) => migrate(client, rehearsal)), 'would apply')
            }
            return describe(await prepareDatabase(held.target, context), 'applied now')
          } finally {
            await held.release()
          }
        }),
      )
  },
})

function describe({ applied, pending }: MigrationPlan, verb: string): Output {
  const lines = [
    ...applied.map((row) => `applied ${row.applied_at.toISOString()}  ${row.name}`),
    ...pending.map((file) => `${verb.padEnd(32)}  ${file.name}\n    ${file.reason}`),
  ]
  const summary = pending.length === 0 ? 'The database is up to date.' : `${pending.length} ${verb}.`
  return {
    text: [...lines, summary].join('\n'),
    json: {
      applied: applied.map(({ version, name, applied_at }) => ({ version, name, applied_at })),
      [verb.replaceAll(' ', '_')]: pending.map(({ version, name, reason }) => ({ version, name, reason })),
    },
  }
}
