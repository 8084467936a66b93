import { resolve } from 'node:path'
import type { Command } from 'commander'
import { AppError } from '../../errors/app-error.ts'
import { auditKeysOf } from '../../instance/chain.ts'
import { defineCommand } from '../command.ts'
import type { CliContext } from '../context.ts'
import { describeAuditRotation } from '../key/audit.ts'
import { describeKeys } from '../key/describe.ts'
import { EARLY, type ForceOptions, forced } from '../key/forced.ts'
import { describeMasterRotation } from '../key/master.ts'
import { refusal } from '../key/refusal.ts'
import { describeRevocation } from '../key/revocation.ts'
import { withServices } from '../key/with-services.ts'

const force = [
  '--force',
  'even if the next key was not published for long: some APIs may refuse tokens for a while',
] as const
const yes = ['--yes', 'do not ask'] as const

export const command = defineCommand({
  summary: 'the keys that sign tokens, and the master key',
  build: (command, context) => {
    addList(command, context)
    addRotate(command, context)
    addRetire(command, context)
    addRevoke(command, context)
    addRotateMaster(command, context)
    addRotateAudit(command, context)
  },
})

function addList(command: Command, context: CliContext): void {
  command
    .command('list')
    .description('the signing keys, what each is doing, and when the next rotation is due')
    .option('--all', 'keys that are gone as well')
    .action(
      context.answers(({ all }: { all?: true }) =>
        withServices(context, 'key list', async ({ signing }) => {
          const rows = (await signing.keys.list()).filter(({ state }) => all || state !== 'gone')
          return describeKeys(rows, context.config().keys, context.clock.now())
        }),
      ),
    )
}

function addRotate(command: Command, context: CliContext): void {
  command
    .command('rotate')
    .description('let the next key sign; the one before stays published until its last token has died')
    .option(...force)
    .option(...yes)
    .action(
      context.answers((options: ForceOptions) =>
        withServices(context, 'key rotate', async ({ signing }) => {
          const done = await forced(context, options, signing.keys.rotate)
          if (!done.ok) throw refusal(done.error)
          const { active, retired } = done.value
          return {
            text: [
              `${active} signs from now on.`,
              `${retired} is retired; its tokens stay valid.`,
              ...(done.isEarly ? [EARLY] : []),
            ].join('\n'),
            json: { ...done.value, ...(done.isEarly && { early: true }) },
          }
        }),
      ),
    )
}

function addRetire(command: Command, context: CliContext): void {
  command
    .command('retire')
    .description('take a key out of use in good order: what it signed stays valid')
    .argument('<kid>')
    .option(...force)
    .option(...yes)
    .action(
      context.answers((kid: string, options: ForceOptions) =>
        withServices(context, 'key retire', async ({ signing }) => {
          const done = await forced(context, options, (how) => signing.keys.retire(kid, how))
          if (!done.ok) throw refusal(done.error, kid)
          return {
            text: [`${kid} signs nothing more.`, `${done.value.active} signs.`, ...(done.isEarly ? [EARLY] : [])].join(
              '\n',
            ),
            json: { ...done.value, retired: kid, ...(done.isEarly && { early: true }) },
          }
        }),
      ),
    )
}

function addRevoke(command: Command, context: CliContext): void {
  command
    .command('revoke')
    .description('take a compromised key out of the world at once, with everything that it signed')
    .argument('<kid>')
    .option('--compromised', 'say that it is: for a planned change there is "key retire"')
    .option(...yes)
    .action(
      context.answers(async (kid: string, { compromised, yes }: { compromised?: true; yes?: true }) => {
        if (!compromised) {
          throw new AppError('usage-error', {
            detail: 'Revoking is for a key that somebody else may hold.',
            cure: 'Add --compromised if that is so; for a planned change use hearthkey key retire.',
          })
        }
        if (!yes) {
          await context.confirm(
            `Every token that ${kid} signed stops validating as soon as each API fetches the keys again. Its private key is erased from the database, which takes no erased key back.`,
          )
        }
        return withServices(context, 'key revoke', async ({ signing }) => {
          const done = await signing.keys.revoke(kid)
          if (!done.ok) throw refusal(done.error, kid)
          return {
            text: describeRevocation(kid, done.value.active),
            json: { ...done.value, revoked: kid },
          }
        })
      }),
    )
}

function addRotateAudit(command: Command, context: CliContext): void {
  command
    .command('rotate-audit')
    .description('let a new key sign the heads of the audit log; the one before endorses it, and signs nothing more')
    .action(
      context.answers(() =>
        withServices(context, 'key rotate-audit', async (services) => {
          const keys = auditKeysOf({ config: context.config(), services, clock: context.clock })
          return describeAuditRotation(await keys.rotate({ actor: { kind: 'operator', id: 'key rotate-audit' } }))
        }),
      ),
    )
}

function addRotateMaster(command: Command, context: CliContext): void {
  command
    .command('rotate-master')
    .description('make a new master key and wrap the data keys with it; running servers go on')
    .option('--new-key-file <path>', 'where MASTER_KEY is used: the new key, made there if there is none')
    .action(
      context.answers(({ newKeyFile: named }: { newKeyFile?: string }) => {
        const newKeyFile = named === undefined ? undefined : resolve(context.cwd, named)
        return withServices(context, 'key rotate-master', async ({ keyring }) =>
          describeMasterRotation(await keyring.rotateMasterKey(newKeyFile), context.config().data, newKeyFile),
        )
      }),
    )
}
