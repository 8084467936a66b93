import { type Command, InvalidArgumentError } from 'commander'
import { holdersAmong } from '../../credentials/password/holders-store.ts'
import { type UserId, userId } from '../../users/user.ts'
import { defineCommand } from '../command.ts'
import type { CliContext } from '../context.ts'
import { describeConsents, withdrawConsent } from '../user/consents.ts'
import { createPerson, passwordIn } from '../user/create.ts'
import { describeUser, describeUsers } from '../user/describe.ts'
import { describeFactors } from '../user/factors.ts'
import { findPerson } from '../user/find.ts'
import { importPeople } from '../user/import.ts'
import { openRecovery, type Verified } from '../user/open-recovery.ts'
import { recoverPerson } from '../user/recover.ts'
import { statusRefusal } from '../user/refusal.ts'
import { unlockPerson } from '../user/unlock.ts'
import { withPeople } from '../user/with-people.ts'

export const command = defineCommand({
  summary: 'the people who can sign in',
  build: (command, context) => {
    addCreate(command, context)
    addImport(command, context)
    addList(command, context)
    addDisable(command, context)
    addEnable(command, context)
    addUnlock(command, context)
    addRecover(command, context)
    addFactors(command, context)
    addOpenRecovery(command, context)
    addConsents(command, context)
    addWithdrawConsent(command, context)
  },
})

interface CreateOptions {
  readonly email: string
  readonly name: string
  readonly admin?: true
  readonly passwordStdin?: true
}

function addCreate(command: Command, context: CliContext): void {
  command
    .command('create')
    .description('somebody new')
    .requiredOption('--email <address>', 'what they sign in with')
    .requiredOption('--name <name>', 'what they are called')
    .option('--admin', 'an administrator of this instance')
    .option('--password-stdin', 'read the password from standard input; without it, nobody can sign in to the account')
    .action(
      context.answers(async ({ email, name, admin, passwordStdin }: CreateOptions) => {
        const password = passwordStdin ? passwordIn(await context.input()) : undefined
        const person = { email, name, ...(admin && { instanceRole: 'admin' as const }) }
        return withPeople(context, 'user create', async (people) => {
          const user = await createPerson(people, person, password)
          const created = `${user.id} ${user.email} is created${admin ? ', as an administrator' : ''}.`
          const hint = `It has no password, so nobody can sign in to it yet. This prints a link with which they choose one:\nhearthkey user recover ${user.id}`
          return describeUser(password ? created : `${created}\n${hint}`, user)
        })
      }),
    )
}

function addImport(command: Command, context: CliContext): void {
  command
    .command('import')
    .description('many, from a file with one JSON object a line: email, name, passwordHash?, emailVerified?')
    .argument('<file>', 'who is here already is skipped, so it can be run again')
    .option('--dry-run', 'say what would be done, and do nothing')
    .addHelpText(
      'after',
      '\nHashes of bcrypt, scrypt, PBKDF2 and Argon2 are taken: see docs/guides/importing-people.md.',
    )
    .action(
      context.answers((file: string, { dryRun }: { dryRun?: true }) => importPeople(context, file, dryRun === true)),
    )
}

const MOST_LISTED = 1000

function addList(command: Command, context: CliContext): void {
  command
    .command('list')
    .description('everybody, in the order of their creation')
    .option('--limit <number>', `how many, at most ${MOST_LISTED}`, toLimit, 100)
    .option('--after <id>', 'begin behind this one', toUserId)
    .action(
      context.answers(({ limit, after }: { limit: number; after?: UserId }) =>
        withPeople(context, 'user list', async ({ users, guard, db }) => {
          const found = await users.list({ limit: limit + 1, ...(after && { after }) })
          const shown = found.slice(0, limit)
          const ids = shown.map(({ id }) => id)
          const [heldBack, withPassword] = await Promise.all([guard.lockout.heldBack(ids), holdersAmong(db, ids)])
          return describeUsers(shown, found.length > limit, { heldBack, withPassword })
        }),
      ),
    )
}

function addDisable(command: Command, context: CliContext): void {
  command
    .command('disable')
    .description('this person cannot sign in any more, until they are enabled again')
    .argument('<user>', 'an id or an e-mail address')
    .action(
      context.answers((who: string) =>
        withPeople(context, 'user disable', async (people) => {
          const user = await findPerson(people, who)
          const done = await people.users.disable(people.by, user.id)
          if (done.ok) return describeUser(`${user.email} is disabled.`, done.value)
          if (done.error === 'already') return describeUser(`${user.email} was disabled already.`, user)
          throw statusRefusal(done.error)
        }),
      ),
    )
}

function addEnable(command: Command, context: CliContext): void {
  command
    .command('enable')
    .description('this person can sign in again')
    .argument('<user>', 'an id or an e-mail address')
    .action(
      context.answers((who: string) =>
        withPeople(context, 'user enable', async (people) => {
          const user = await findPerson(people, who)
          const done = await people.users.enable(people.by, user.id)
          if (done.ok) return describeUser(`${user.email} is enabled.`, done.value)
          if (done.error === 'already') return describeUser(`${user.email} was enabled already.`, user)
          throw statusRefusal(done.error)
        }),
      ),
    )
}

function addRecover(command: Command, context: CliContext): void {
  command
    .command('recover')
    .description(
      'print a one-time link that sets a new password and takes passkeys, apps and codes away; it works without mail, and opens a locked account',
    )
    .argument('<user>', 'an id or an e-mail address')
    .option('--keep-factors', 'a new password alone: passkeys, apps and codes stay, and are still asked for')
    .option('--yes', 'do not ask')
    .action(
      context.answers((who: string, { yes, keepFactors }: { yes?: true; keepFactors?: true }) =>
        withPeople(context, 'user recover', (people) =>
          recoverPerson(people, who, keepFactors ? 'kept' : 'taken-away', yes ? async () => {} : context.confirm),
        ),
      ),
    )
}

function addFactors(command: Command, context: CliContext): void {
  command
    .command('factors')
    .description('what somebody can prove: names and dates, never a secret')
    .argument('<user>', 'an id or an e-mail address')
    .action(
      context.answers((who: string) => withPeople(context, 'user factors', (people) => describeFactors(people, who))),
    )
}

function addOpenRecovery(command: Command, context: CliContext): void {
  command
    .command('open-recovery')
    .description(
      'for somebody who lost passkeys, apps and codes: a link that takes them away, once the person had time to stop it',
    )
    .argument('<user>', 'an id or an e-mail address')
    .requiredOption('--verified-by <who>', 'who made sure that it is that person')
    .requiredOption('--how <method>', 'how they made sure')
    .option('--untold', 'where the instance sends no mail: you tell the person yourself, and the log of events says so')
    .option('--yes', 'do not ask')
    .action(
      context.answers((who: string, { yes, ...verified }: Verified & { yes?: true }) =>
        withPeople(context, 'user open-recovery', (people) =>
          openRecovery(people, who, verified, yes ? async () => {} : context.confirm),
        ),
      ),
    )
}

function addConsents(command: Command, context: CliContext): void {
  command
    .command('consents')
    .description('what somebody allowed applications to know and to do')
    .argument('<user>', 'an id or an e-mail address')
    .action(
      context.answers((who: string) =>
        withPeople(context, 'user consents', (people) =>
          describeConsents(people, context.config().server.issuerUrl, who),
        ),
      ),
    )
}

function addWithdrawConsent(command: Command, context: CliContext): void {
  command
    .command('withdraw-consent')
    .description('an application loses its access to this person and what it holds of them, and has to ask again')
    .argument('<user>', 'an id or an e-mail address')
    .argument('<client>', 'the id of the application')
    .action(
      context.answers((who: string, client: string) =>
        withPeople(context, 'user withdraw-consent', (people) => withdrawConsent(people, who, client)),
      ),
    )
}

function addUnlock(command: Command, context: CliContext): void {
  command
    .command('unlock')
    .description('an account that its owner has locked is opened, and failed attempts to sign in are forgotten')
    .argument('<user>', 'an id or an e-mail address')
    .action(context.answers((who: string) => withPeople(context, 'user unlock', (people) => unlockPerson(people, who))))
}

function toLimit(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_LISTED)
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${MOST_LISTED}.`)
  return limit
}

function toUserId(text: string): UserId {
  if (!userId.is(text)) throw new InvalidArgumentError('Expected an id that starts with usr_.')
  return text
}
