import { type Command, Option } from 'commander'
import { writeDuration } from '../../config/values/quantity.ts'
import { inOrganisation } from '../../db/transaction.ts'
import { secondFactors } from '../../factors/factor.ts'
import { ruleOfInstance } from '../../factors/instance-rule.ts'
import { demands, type MfaDemand, type Rule } from '../../factors/rule.ts'
import { rulesOfOrganisation } from '../../oidc/strength/rules.ts'
import { countPeopleOf } from '../../orgs/memberships/store.ts'
import type { Policy } from '../../orgs/policy/policy.ts'
import { countActiveUsers } from '../../users/store.ts'
import { organisationNamed } from '../access/find.ts'
import { type ProgramsAtWork, withPrograms } from '../api-key/with-programs.ts'
import { defineCommand } from '../command.ts'
import type { CliContext } from '../context.ts'
import { changedPolicy } from '../org/policy.ts'
import type { Output } from '../output.ts'
import { describeSimulation } from '../policy/describe.ts'
import { everybody, members, type Page } from '../policy/people.ts'
import { type Simulated, simulate } from '../policy/simulate.ts'
import { createProgress } from '../progress.ts'

export const command = defineCommand({
  summary: 'what a rule for second factors would do',
  build: (command, context) => {
    addSimulate(command, context)
  },
})

interface SimulateOptions {
  readonly organisation?: string
  readonly mfa?: MfaDemand
  readonly factors?: string
  readonly grace?: string
}

function addSimulate(command: Command, context: CliContext): void {
  command
    .command('simulate')
    .description('try a rule on the people as they are and on their recent sign-ins; it changes nothing')
    .option('--organisation <organisation>', 'the rule of this one, beside that of the instance: its id or its slug')
    .addOption(new Option('--mfa <rule>', 'what would be asked for').choices(demands))
    .option('--factors <names>', `which would count: ${secondFactors.join(', ')}`)
    .option('--grace <time>', 'how long somebody without one may put it off, like 14d')
    .addHelpText('after', '\nWhat is left out stays as it is. See docs/guides/second-factors.md.')
    .action(
      context.answers((options: SimulateOptions) =>
        withPrograms(context, 'policy simulate', async (at) =>
          options.organisation === undefined
            ? ofInstance(context, at, options)
            : ofOrganisation(context, at, options.organisation, options),
        ),
      ),
    )
}

/** Read as the policy of an organisation is: what would be refused there is refused here. */
function laidOver(policy: Policy, { mfa, factors, grace }: SimulateOptions): Policy {
  const given = Object.entries({ mfa, factors, grace }).filter(([, value]) => value !== undefined)
  return changedPolicy(
    policy,
    given.map(([field, value]) => `${field}=${value}`),
    [],
  )
}

async function ofInstance(context: CliContext, at: ProgramsAtWork, options: SimulateOptions): Promise<Output> {
  const standing = ruleOfInstance(context.config().mfa)
  const [asked = {}] = rulesOfOrganisation(laidOver({ mfa: standing.mfa }, options), [])
  const tried: Rule = {
    ...standing,
    ...asked,
    grace: options.grace === undefined ? standing.grace : asked.grace,
  }
  const total = await countActiveUsers(at.services.database.app)
  const simulated = await running(context, at, everybody(at, { standing, tried }), total)
  return describeSimulation(['For everybody, at every sign-in:', ...inWords(tried)], simulated)
}

async function ofOrganisation(
  context: CliContext,
  at: ProgramsAtWork,
  which: string,
  options: SimulateOptions,
): Promise<Output> {
  const organisation = await organisationNamed(at, which)
  const tried = laidOver(organisation.policy, options)
  const instance = ruleOfInstance(context.config().mfa)
  const { id } = organisation
  const total = await inOrganisation(at.services.database.app, id, (tx) => countPeopleOf(tx, id))
  const simulated = await running(context, at, members(at, { organisation, instance, tried }), total)
  const [rule = {}] = rulesOfOrganisation(tried, [])
  const lead = `For members of ${organisation.slug}, beside what the instance and their roles ask for:`
  return describeSimulation([lead, ...inWords(rule)], simulated)
}

async function running(
  { stderr, clock }: CliContext,
  { services }: ProgramsAtWork,
  pages: AsyncIterable<Page>,
  total: number,
): Promise<Simulated> {
  const bar = createProgress(stderr, clock)
  const progress = (read: number) =>
    bar.step({ what: 'trying', done: Math.min(read, total), total, detail: `${read} people` })
  return simulate(pages, { db: services.database.app, now: clock.now(), progress }).finally(() => bar.end())
}

const inWords = ({ mfa = 'off', factors = secondFactors, grace = 0 }: Rule): string[] => [
  `  mfa: ${mfa}`,
  `  factors: ${factors.join(', ')}`,
  `  grace: ${writeDuration(grace)}`,
]
