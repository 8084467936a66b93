import { type Command, InvalidArgumentError } from 'commander'
import { instanceAuthority } from '../../access/authority.ts'
import { DEFAULT_TEMPLATE } from '../../access/templates/all.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Result } from '../../lib/result.ts'
import { type Organisation, type OrgId, orgId } from '../../orgs/org.ts'
import type { StatusRefusal } from '../../orgs/organisations/status.ts'
import { organisationNamed } from '../access/find.ts'
import { withPrograms } from '../api-key/with-programs.ts'
import { defineCommand } from '../command.ts'
import type { CliContext } from '../context.ts'
import { withLimit } from '../limit.ts'
import { describeOrganisation, describeOrganisations, policyText, showOrganisation } from '../org/describe.ts'
import { addDomains } from '../org/domains.ts'
import { ORGANISATION } from '../org/named.ts'
import { policyChange } from '../org/policy.ts'
import { changeRefused, creationRefused, updateRefused } from '../org/refusal.ts'
import { confirmForgetting, type Retention, toDays, toRetention } from '../org/retention.ts'
import { addSettings } from '../org/settings.ts'
import { findPerson } from '../user/find.ts'

export const command = defineCommand({
  summary: 'the organisations that people work for',
  build: (command, context) => {
    addCreate(command, context)
    addList(command, context)
    addShow(command, context)
    addUpdate(command, context)
    addPolicy(command, context)
    addSettings(command, context)
    addSuspend(command, context)
    addActivate(command, context)
    addRemove(command, context)
    addDomains(command, context)
  },
})

interface CreateOptions {
  readonly name: string
  readonly template: string
  readonly owner?: string
  readonly quota?: number
}

function addCreate(command: Command, context: CliContext): void {
  command
    .command('create')
    .description('a new organisation')
    .argument('<slug>', 'its name in URLs and tokens, for ever: a-z, 0-9 and hyphens')
    .requiredOption('--name <name>', 'what it is called')
    .option('--template <template>', 'whose roles its members may have', DEFAULT_TEMPLATE)
    .option('--owner <user>', 'who gets every role that it must keep: an id or an e-mail address')
    .option('--quota <number>', 'requests a minute of all its members and programs', toQuota)
    .action(
      context.answers((slug: string, { name, template, owner: who, quota }: CreateOptions) =>
        withPrograms(context, 'org create', async (at) => {
          const owner = who === undefined ? undefined : await findPerson(at.people, who)
          const made = await at.orgs.organisations.create(at.by, {
            slug,
            name,
            template,
            ...(owner && { owner: owner.id }),
            ...(quota !== undefined && { quota }),
          })
          if (!made.ok) throw creationRefused(made.error, { slug, template })
          const created = `${made.value.id} ${slug} is created.`
          const hint = `Nobody works there yet: hearthkey member invite --org ${slug} --role <role> <address>`
          return describeOrganisation(owner ? created : `${created}\n${hint}`, made.value)
        }),
      ),
    )
}

function addList(command: Command, context: CliContext): void {
  withLimit(command.command('list'))
    .description('every organisation, in the order of their creation')
    .option('--after <id>', 'begin behind this one', toOrgId)
    .action(
      context.answers(({ limit, after }: { limit: number; after?: OrgId }) =>
        withPrograms(context, 'org list', async ({ orgs }) => {
          const found = await orgs.organisations.list({ limit: limit + 1, ...(after && { after }) })
          return describeOrganisations(found.slice(0, limit), found.length > limit)
        }),
      ),
    )
}

function addShow(command: Command, context: CliContext): void {
  command
    .command('show')
    .description('how it stands, what it asks for, and its domains')
    .argument(...ORGANISATION)
    .action(
      context.answers((which: string) =>
        withPrograms(context, 'org show', async (at) => {
          const organisation = await organisationNamed(at, which)
          return showOrganisation(organisation, await at.orgs.domains.list(organisation.id))
        }),
      ),
    )
}

interface UpdateOptions {
  readonly name?: string
  readonly quota?: number | 'none'
  readonly template?: string
  readonly auditRetention?: Retention
  readonly yes?: true
}

function addUpdate(command: Command, context: CliContext): void {
  command
    .command('update')
    .description('another name, quota, template or rule for second factors')
    .argument(...ORGANISATION)
    .option('--name <name>', 'what it is called')
    .option('--mfa <rule>', 'off, optional, required or phishing-resistant; none: what the instance asks for')
    .option('--factors <names>', 'the second factors that count, like passkey,totp; none: those of the instance')
    .option('--grace <time>', 'how long members without one may put it off, like 14d; none: not at all')
    .option('--quota <number>', 'requests a minute; none: what the instance gives', (text) =>
      text === 'none' ? text : toQuota(text),
    )
    .option('--template <template>', 'whose roles its members may have; they keep theirs, by their keys')
    .option(
      '--audit-retention <days>',
      'how long its log is kept; default: as long as that of the instance',
      toRetention,
    )
    .option('--yes', 'do not ask')
    .action(
      context.answers((which: string, { name, quota, template, auditRetention, yes, ...rules }: UpdateOptions) =>
        withPrograms(context, 'org update', async (at) => {
          const { set, clear } = ruleChanges(rules)
          const hasRules = set.length + clear.length > 0
          if ([name, quota, template, auditRetention].every((given) => given === undefined) && !hasRules)
            throw new AppError('usage-error', {
              detail: 'Nothing to change.',
              cure: 'Give one at least of --name, --quota, --template, --audit-retention, --mfa, --factors and --grace.',
            })
          const before = await organisationNamed(at, which)
          if (auditRetention !== undefined && !yes) await confirmForgetting(context, before, auditRetention)
          const done = await at.orgs.organisations.updateByInstance(at.by, before.id, {
            ...(name !== undefined && { name }),
            ...(hasRules && { policy: policyChange(set, clear) }),
            ...(quota !== undefined && { quota: quota === 'none' ? null : quota }),
            ...(template !== undefined && { template }),
            ...(auditRetention !== undefined && { auditRetentionDays: toDays(auditRetention) }),
          })
          if (!done.ok) throw updateRefused(done.error, template ?? before.template)
          const organisation = done.value
          const lead = `${organisation.slug} is changed.`
          return describeOrganisation(hasRules ? `${lead}\n${policyText(organisation)}` : lead, organisation)
        }),
      ),
    )
}

interface RuleOptions {
  readonly mfa?: string
  readonly factors?: string
  readonly grace?: string
}

interface UpdateOptions extends RuleOptions {
  readonly name?: string
  readonly quota?: number | 'none'
}

/** The same as `--set` and `--clear` of its policy, for the rule that is changed most. */
function ruleChanges(rules: RuleOptions): { readonly set: string[]; readonly clear: string[] } {
  const given = Object.entries(rules)
  return {
    set: given.filter(([, value]) => value !== 'none').map(([field, value]) => `${field}=${value}`),
    clear: given.filter(([, value]) => value === 'none').map(([field]) => field),
  }
}

const collect = (value: string, before: string[]): string[] => [...before, value]

function addPolicy(command: Command, context: CliContext): void {
  command
    .command('policy')
    .description('what it asks of whoever acts for it; without an option, it is shown')
    .argument(...ORGANISATION)
    .option('--set <field=value>', 'for instance ipRanges=192.0.2.0/24,2001:db8::/32; may be repeated', collect, [])
    .option('--clear <field>', 'ask for nothing there any more; may be repeated', collect, [])
    .action(
      context.answers((which: string, { set, clear }: { set: string[]; clear: string[] }) =>
        withPrograms(context, 'org policy', async (at) => {
          const before = await organisationNamed(at, which)
          if (set.length + clear.length === 0) return describeOrganisation(policyText(before), before)
          const policy = policyChange(set, clear)
          const done = await at.orgs.organisations.update(at.by, instanceAuthority, before.id, { policy })
          if (!done.ok) throw changeRefused(done.error)
          return describeOrganisation(policyText(done.value), done.value)
        }),
      ),
    )
}

function addSuspend(command: Command, context: CliContext): void {
  command
    .command('suspend')
    .description('nobody gets a token for it any more, until it is activated again')
    .argument(...ORGANISATION)
    .option('--yes', 'do not ask')
    .action(
      context.answers(async (which: string, { yes }: { yes?: true }) => {
        if (!yes) await context.confirm(`Everybody who works for ${which} loses every token for it at once.`)
        return withPrograms(context, 'org suspend', async (at) => {
          const before = await organisationNamed(at, which)
          return answer(before, await at.orgs.organisations.suspend(at.by, before.id), 'suspended')
        })
      }),
    )
}

function addActivate(command: Command, context: CliContext): void {
  command
    .command('activate')
    .description('it works again, as before')
    .argument(...ORGANISATION)
    .action(
      context.answers((which: string) =>
        withPrograms(context, 'org activate', async (at) => {
          const before = await organisationNamed(at, which)
          return answer(before, await at.orgs.organisations.activate(at.by, before.id), 'active')
        }),
      ),
    )
}

function addRemove(command: Command, context: CliContext): void {
  command
    .command('remove')
    .description('for good, with the programs that it looks after: nothing shows it any more but the log of events')
    .argument(...ORGANISATION)
    .option('--yes', 'do not ask')
    .action(
      context.answers(async (which: string, { yes }: { yes?: true }) => {
        if (!yes)
          await context.confirm(
            `${which} is gone for good: its members lose every token for it at once, the programs that it looks after end wherever they work, and its slug can never be used again.`,
          )
        return withPrograms(context, 'org remove', async (at) => {
          const before = await organisationNamed(at, which)
          return answer(before, await at.orgs.organisations.remove(at.by, before.id), 'removed')
        })
      }),
    )
}

function answer(before: Organisation, done: Result<Organisation, StatusRefusal>, state: string) {
  if (done.ok) return describeOrganisation(`${before.slug} is ${state}.`, done.value)
  if (done.error === 'already') return describeOrganisation(`${before.slug} was ${state} already.`, before)
  throw new AppError('organisation-not-found')
}

function toQuota(text: string): number {
  const quota = Number(text)
  if (!Number.isInteger(quota) || quota < 1) throw new InvalidArgumentError('Expected a whole number from 1.')
  return quota
}

function toOrgId(text: string): OrgId {
  if (!orgId.is(text)) throw new InvalidArgumentError('Expected an id that starts with org_.')
  return text
}
