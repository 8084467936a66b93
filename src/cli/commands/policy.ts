import { type Command, Option } from 'commander'
import { writeDuration } from '../../config/values/quantity.ts'
import { inOrganisation } from '../../db/transaction.ts'
import { AppError } from '../../errors/app-error.ts'
import { secondFactors } from '../../factors/factor.ts'
import { ruleOfInstance } from '../../factors/instance-rule.ts'
import { demands, type MfaDemand, type Rule } from '../../factors/rule.ts'
import { rulesOfSeat } from '../../factors/seat-rules.ts'
import { rulesOfClient } from '../../oidc/strength/rules.ts'
import { countPeopleOf } from '../../orgs/memberships/store.ts'
import type { Organisation } from '../../orgs/org.ts'
import { changedPolicy } from '../../orgs/policy/change.ts'
import type { Policy } from '../../orgs/policy/policy.ts'
import type { PolicyProblem } from '../../orgs/policy/read.ts'
import { countActiveUsers } from '../../users/store.ts'
import { organisationNamed } from '../access/find.ts'
import { type ProgramsAtWork, withPrograms } from '../api-key/with-programs.ts'
import { clientNotFound } from '../client/refusal.ts'
import { defineCommand } from '../command.ts'
import type { CliContext } from '../context.ts'
import { policyChange, policyRefused } from '../org/policy.ts'
import type { Output } from '../output.ts'
import { describeSimulation } from '../policy/describe.ts'
import { everybody, members, type Page } from '../policy/people.ts'
import { type Simulated, simulate } from '../policy/simulate.ts'
import { createProgress } from '../progress.ts'
import { roleRefusal } from '../role/refusal.ts'

export const command = defineCommand({
  summary: 'what a rule for second factors would do',
  build: (command, context) => {
    addSimulate(command, context)
  },
})

interface SimulateOptions {
  readonly organisation?: string
  readonly role?: string
  readonly client?: string
  readonly mfa?: MfaDemand
  readonly factors?: string
  readonly grace?: string
}

function addSimulate(command: Command, context: CliContext): void {
  command
    .command('simulate')
    .description('try a rule on the people as they are and on their recent sign-ins; it changes nothing')
    .option(
      '--org, --organisation <organisation>',
      'the rule of this one, beside that of the instance: its id or its slug',
    )
    .option('--role <key>', 'the rule of this role there, for its bearers')
    .option('--client <id>', 'the rule of this application, for everybody who can sign in to it')
    .addOption(new Option('--mfa <rule>', 'what would be asked for').choices(demands))
    .option('--factors <names>', `which would count: ${secondFactors.join(', ')}`)
    .option('--grace <time>', 'how long somebody without one may put it off, like 14d')
    .addHelpText('after', '\nWhat is left out stays as it is. See docs/guides/second-factors.md.')
    .action(
      context.answers((options: SimulateOptions) =>
        withPrograms(context, 'policy simulate', async (at) => {
          assertOneRule(options)
          if (options.client !== undefined) return ofClient(context, at, options.client, options)
          return options.organisation === undefined
            ? ofInstance(context, at, options)
            : ofOrganisation(context, at, options.organisation, options)
        }),
      ),
    )
}

/** A role and an application say how much they ask for, and nothing else. */
function assertOneRule({ organisation, role, client, factors, grace }: SimulateOptions): void {
  const refuse = (detail: string) => {
    throw new AppError('usage-error', { detail, cure: 'Try one rule at a time; nothing was tried.' })
  }
  if (role !== undefined && organisation === undefined) refuse('--role is one of an organisation: name it by --org.')
  if (client !== undefined && organisation !== undefined) refuse('--client and --org are two rules.')
  if ((role ?? client) !== undefined && (factors ?? grace) !== undefined)
    refuse('A role and an application have no --factors and no --grace.')
}

/** Read as the policy of an organisation is: what would be refused there is refused here. */
function laidOver(policy: Policy, { organisation, mfa, factors, grace }: SimulateOptions): Policy {
  const given = Object.entries({ mfa, factors, grace }).filter(([, value]) => value !== undefined)
  const set = given.map(([field, value]) => `${field}=${value}`)
  const refuse = organisation === undefined ? ruleRefused : policyRefused
  const read = changedPolicy(policy, policyChange(set, [], refuse))
  if (!read.ok) throw refuse(read.error)
  return read.value
}

/** That of the instance: no organisation has a part in it. */
const ruleRefused = (problems: readonly PolicyProblem[]): AppError =>
  new AppError('usage-error', {
    detail: problems.map(({ where, reason }) => `--${where} ${reason}`).join('\n'),
    cure: 'A rule has --mfa, --factors and --grace; nothing was tried.',
  })

async function ofInstance(context: CliContext, at: ProgramsAtWork, options: SimulateOptions): Promise<Output> {
  const standing = ruleOfInstance(context.config().mfa)
  const { own: asked } = rulesOfSeat(laidOver({ mfa: standing.mfa }, options), [])
  const tried: Rule = {
    ...standing,
    ...asked,
    offers: asked?.factors ?? standing.offers,
    grace: options.grace === undefined ? standing.grace : asked?.grace,
  }
  const total = await countActiveUsers(at.services.database.app)
  const simulated = await running(
    context,
    at,
    everybody(at, { standing: [standing], tried: [tried], organisations: 'ask' }),
    total,
  )
  const lead = 'For everybody, at every sign-in, beside what organisations and roles ask for:'
  return describeSimulation([lead, ...inWords(tried)], simulated)
}

async function ofClient(
  context: CliContext,
  at: ProgramsAtWork,
  id: string,
  { mfa }: SimulateOptions,
): Promise<Output> {
  const client = await at.clients.find(id)
  if (!client) throw clientNotFound(id)
  const instance = ruleOfInstance(context.config().mfa)
  const own = rulesOfClient(client)
  const asked: Rule[] = mfa === undefined ? own : [{ mfa }]
  const { organisations } = client
  const pages = everybody(at, { standing: [instance, ...own], tried: [instance, ...asked], organisations })
  const simulated = await running(context, at, pages, await countActiveUsers(at.services.database.app))
  const lead = `For whoever signs in to ${client.name}, beside what the instance, organisations and roles ask for:`
  return describeSimulation([lead, `  mfa: ${asked[0]?.mfa ?? 'off'}`], simulated)
}

/** With its rule as it would be: null, it asks for nothing. */
async function roleThere({ access }: ProgramsAtWork, { id }: Organisation, { role: key, mfa }: SimulateOptions) {
  if (key === undefined) return undefined
  const role = (await access.list(id)).find((one) => one.key === key)
  if (!role) throw roleRefusal(key, { reason: 'not-found' })
  return { ...role, mfa: mfa ?? role.mfa }
}

async function ofOrganisation(
  context: CliContext,
  at: ProgramsAtWork,
  which: string,
  options: SimulateOptions,
): Promise<Output> {
  const organisation = await organisationNamed(at, which)
  const role = await roleThere(at, organisation, options)
  const tried = role ? organisation.policy : laidOver(organisation.policy, options)
  const instance = ruleOfInstance(context.config().mfa)
  const { id } = organisation
  const total = await inOrganisation(at.services.database.app, id, (tx) => countPeopleOf(tx, id))
  const simulated = await running(context, at, members(at, { organisation, instance, tried, role }), total)
  if (role) {
    const lead = `For whoever is ${role.name} in ${organisation.slug}, beside what the instance, it and other roles ask for:`
    return describeSimulation([lead, `  mfa: ${role.mfa ?? 'off'}`], simulated)
  }
  const { own: rule = {} } = rulesOfSeat(tried, [])
  const lead = `For members of ${organisation.slug}, beside what the instance and their roles ask for:`
  return describeSimulation([lead, ...inWords(rule)], simulated)
}

async function running(
  { stderr, clock }: CliContext,
  { services, people }: ProgramsAtWork,
  pages: AsyncIterable<Page>,
  total: number,
): Promise<Simulated> {
  const bar = createProgress(stderr, clock)
  const progress = (read: number) =>
    bar.step({ what: 'trying', done: Math.min(read, total), total, detail: `${read} people` })
  const who = people.users.those
  return simulate(pages, { db: services.database.app, now: clock.now(), who, progress }).finally(() => bar.end())
}

const inWords = ({ mfa = 'off', factors = secondFactors, grace = 0 }: Rule): string[] => [
  `  mfa: ${mfa}`,
  `  factors: ${factors.join(', ')}`,
  `  grace: ${writeDuration(grace)}`,
]
