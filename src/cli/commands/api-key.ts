import { type Command, InvalidArgumentError, Option } from 'commander'
import { instanceAuthority } from '../../access/authority.ts'
import { type KeyId, keyId } from '../../api-keys/key.ts'
import { LEVELS, type Level } from '../../api-keys/levels.ts'
import { AppError } from '../../errors/app-error.ts'
import { organisationNamed } from '../access/find.ts'
import { describeKey, describeKeys, describeNewKey, type Said } from '../api-key/describe.ts'
import { keyNotFound, keyRefused } from '../api-key/refusal.ts'
import { ownerNamed, permissionsWanted, toCount, toDuration, toLifetime } from '../api-key/wanted.ts'
import { type ProgramsAtWork, withPrograms } from '../api-key/with-programs.ts'
import { defineCommand } from '../command.ts'
import type { CliContext } from '../context.ts'
import { withLimit } from '../limit.ts'
import { ofOrganisation } from '../org/named.ts'

export const command = defineCommand({
  summary: 'what programs show instead of a sign-in',
  build: (command, context) => {
    addCreate(command, context)
    addList(command, context)
    addShow(command, context)
    addRename(command, context)
    addRotate(command, context)
    addRevoke(command, context)
  },
})

const collect = (value: string, before: string[]): string[] => [...before, value]

const saidBy = async ({ clock }: CliContext, { apis }: ProgramsAtWork): Promise<Said> => ({
  now: clock.now(),
  apis: await apis.list(),
})

interface CreateOptions {
  readonly org: string
  readonly owner: string
  readonly name: string
  readonly level?: Level
  readonly permission: string[]
  readonly api?: string
  readonly expires?: number | 'never'
  readonly ip: string[]
  readonly quota?: number
}

function addCreate(command: Command, context: CliContext): void {
  ofOrganisation(command.command('create'))
    .description('a new key; it is shown once')
    .requiredOption('--owner <who>', 'a person by id or e-mail address, or a service account by id')
    .requiredOption('--name <name>', 'what it is for')
    .addOption(new Option('--level <level>', 'a ready-made set of what the owner may do').choices(LEVELS))
    .option('--permission <name>', 'one by one instead; may be repeated', collect, [])
    .option('--api <audience>', 'the API whose permissions these are; without it they are those of Hearthkey itself')
    .option('--expires <duration>', 'after 12h, 90d, or never where the configuration allows it', toLifetime)
    .option('--ip <range>', 'works from there alone; may be repeated', collect, [])
    .option('--quota <number>', 'requests a minute', toCount)
    .action(
      context.answers((options: CreateOptions) =>
        withPrograms(context, 'api-key create', async (at) => {
          const { name, level, permission, api, expires, ip, quota } = options
          if ((level === undefined) === (permission.length === 0))
            throw new AppError('usage-error', {
              detail: 'A key has a level or permissions, one of the two.',
              cure: `Give --level ${LEVELS.join(', ')}, or --permission for each.`,
            })
          const made = await at.apiKeys.create(at.by, instanceAuthority, {
            organisation: (await organisationNamed(at, options.org)).id,
            owner: await ownerNamed(at, options.owner),
            name,
            permissions: level ?? (await permissionsWanted(at, permission, api)),
            lifetime: expires,
            ipRanges: ip,
            quota,
          })
          const said = await saidBy(context, at)
          if (!made.ok) throw keyRefused(made.error, said.apis)
          return describeNewKey(made.value.key, made.value.secret.reveal(), said)
        }),
      ),
    )
}

interface ListOptions {
  readonly org: string
  readonly owner?: string
  readonly limit: number
  readonly after?: KeyId
}

function addList(command: Command, context: CliContext): void {
  withLimit(ofOrganisation(command.command('list')))
    .description('all keys of an organisation, or of one owner there')
    .option('--owner <who>', 'a person by id or e-mail address, or a service account by id')
    .option('--after <id>', 'begin behind this one', toKeyId)
    .action(
      context.answers(({ org, owner, limit, after }: ListOptions) =>
        withPrograms(context, 'api-key list', async (at) => {
          const found = await at.apiKeys.list(at.by, instanceAuthority, {
            organisation: (await organisationNamed(at, org)).id,
            limit: limit + 1,
            after,
            ...(owner !== undefined && { owner: await ownerNamed(at, owner) }),
          })
          return describeKeys(found.slice(0, limit), found.length > limit, await saidBy(context, at))
        }),
      ),
    )
}

function addShow(command: Command, context: CliContext): void {
  ofOrganisation(command.command('show'))
    .description('one key: what it may do, until when, and when it was last used')
    .argument('<key>', 'its id')
    .action(
      context.answers((id: string, { org }: { org: string }) =>
        withPrograms(context, 'api-key show', async (at) => {
          const organisation = (await organisationNamed(at, org)).id
          const key = await at.apiKeys.find(at.by, instanceAuthority, { organisation, id: keyIdOf(id) })
          if (!key) throw keyNotFound(id)
          return describeKey(key, await saidBy(context, at))
        }),
      ),
    )
}

function addRename(command: Command, context: CliContext): void {
  ofOrganisation(command.command('rename'))
    .description('another name; it stays the key that it is')
    .argument('<key>', 'its id')
    .requiredOption('--name <name>', 'what it is for')
    .action(
      context.answers((id: string, { org, name }: { org: string; name: string }) =>
        withPrograms(context, 'api-key rename', async (at) => {
          const organisation = (await organisationNamed(at, org)).id
          const done = await at.apiKeys.rename(at.by, instanceAuthority, { organisation, id: keyIdOf(id) }, name)
          const said = await saidBy(context, at)
          if (!done.ok)
            throw done.error === 'not-found' ? keyNotFound(id) : keyRefused({ reason: done.error }, said.apis)
          return describeKey(done.value, said)
        }),
      ),
    )
}

interface RotateOptions {
  readonly org: string
  readonly overlap?: number
  readonly expires?: number | 'never'
}

function addRotate(command: Command, context: CliContext): void {
  ofOrganisation(command.command('rotate'))
    .description('a new key instead, shown once; the former one works on for a while')
    .argument('<key>', 'its id')
    .option('--overlap <duration>', 'how long both work; 0s ends the former one at once', toDuration)
    .option('--expires <duration>', 'when the new one ends', toLifetime)
    .action(
      context.answers((id: string, { org, overlap, expires }: RotateOptions) =>
        withPrograms(context, 'api-key rotate', async (at) => {
          const organisation = (await organisationNamed(at, org)).id
          const place = { organisation, id: keyIdOf(id) }
          const done = await at.apiKeys.rotate(at.by, instanceAuthority, place, { overlap, lifetime: expires })
          const said = await saidBy(context, at)
          if (!done.ok) throw done.error.reason === 'not-found' ? keyNotFound(id) : keyRefused(done.error, said.apis)
          const { key, secret, formerEndsAt } = done.value
          return describeNewKey(key, secret.reveal(), said, [
            `The former one works until ${formerEndsAt.toISOString()}.`,
          ])
        }),
      ),
    )
}

function addRevoke(command: Command, context: CliContext): void {
  ofOrganisation(command.command('revoke'))
    .description('it opens nothing any more, from this moment on')
    .argument('<key>', 'its id')
    .option('--yes', 'do not ask')
    .action(
      context.answers(async (id: string, { org, yes }: { org: string; yes?: true }) => {
        if (!yes) await context.confirm(`The program that uses ${id} is refused from its next request on.`)
        return withPrograms(context, 'api-key revoke', async (at) => {
          const organisation = (await organisationNamed(at, org)).id
          const done = await at.apiKeys.revoke(at.by, instanceAuthority, { organisation, id: keyIdOf(id) })
          if (!done.ok && done.error !== 'already') throw keyNotFound(id)
          return { text: `${id} ${done.ok ? 'is revoked' : 'was revoked before'}.`, json: { id, revoked: done.ok } }
        })
      }),
    )
}

function keyIdOf(text: string): KeyId {
  if (!keyId.is(text)) throw keyNotFound(text)
  return text
}

function toKeyId(text: string): KeyId {
  if (!keyId.is(text)) throw new InvalidArgumentError('Expected an id that starts with key_.')
  return text
}
