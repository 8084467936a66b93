import type { Command } from 'commander'
import { instanceAuthority } from '../../access/authority.ts'
import { organisationNamed } from '../access/find.ts'
import { withPrograms } from '../api-key/with-programs.ts'
import type { CliContext } from '../context.ts'
import { describeDomain, describeDomains, howToVerify } from './describe.ts'
import { ORGANISATION } from './named.ts'
import { domainRefused } from './refusal.ts'

export function addDomains(command: Command, context: CliContext): void {
  const domains = command.command('domain').description('the mail domains of an organisation')
  addList(domains, context)
  addAdd(domains, context)
  addVerify(domains, context)
  addVouch(domains, context)
  addRemove(domains, context)
}

function addList(command: Command, context: CliContext): void {
  command
    .command('list')
    .description('its domains, and what is to be published for those that are not verified')
    .argument(...ORGANISATION)
    .action(
      context.answers((which: string) =>
        withPrograms(context, 'org domain list', async (at) => {
          const { id } = await organisationNamed(at, which)
          return describeDomains(await at.orgs.domains.list(id))
        }),
      ),
    )
}

function addAdd(command: Command, context: CliContext): void {
  command
    .command('add')
    .description('a domain that is to be verified; says how')
    .argument(...ORGANISATION)
    .argument('<domain>', 'what stands behind the @')
    .action(
      context.answers((which: string, domain: string) =>
        withPrograms(context, 'org domain add', async (at) => {
          const organisation = await organisationNamed(at, which)
          const added = await at.orgs.domains.add(at.by, instanceAuthority, organisation.id, domain)
          if (!added.ok) throw domainRefused(added.error, domain)
          const text = `${added.value.domain} is added, and counts for nothing yet.\n${howToVerify(organisation, added.value)}`
          return describeDomain(text, added.value)
        }),
      ),
    )
}

function addVerify(command: Command, context: CliContext): void {
  command
    .command('verify')
    .description('look for the challenge: in the DNS, or in the file')
    .argument(...ORGANISATION)
    .argument('<domain>', 'what stands behind the @')
    .option('--file', 'in the file on its web server, instead of the DNS')
    .action(
      context.answers((which: string, domain: string, { file }: { file?: true }) =>
        withPrograms(context, 'org domain verify', async (at) => {
          const { id } = await organisationNamed(at, which)
          const way = file ? 'file' : 'dns'
          const done = await at.orgs.domains.verify(at.by, instanceAuthority, id, domain, way)
          if (!done.ok) throw domainRefused(done.error, domain)
          return describeDomain(`${done.value.domain} is verified.`, done.value)
        }),
      ),
    )
}

function addVouch(command: Command, context: CliContext): void {
  command
    .command('vouch')
    .description('the domain is theirs, on your word: for where nothing can be looked up')
    .argument(...ORGANISATION)
    .argument('<domain>', 'what stands behind the @')
    .option('--yes', 'do not ask')
    .action(
      context.answers(async (which: string, domain: string, { yes }: { yes?: true }) => {
        if (!yes)
          await context.confirm(`Nobody looks whether ${domain} belongs to ${which}: it counts as proven on your word.`)
        return withPrograms(context, 'org domain vouch', async (at) => {
          const { id } = await organisationNamed(at, which)
          const done = await at.orgs.domains.vouch(at.by, id, domain)
          if (!done.ok) throw domainRefused(done.error, domain)
          return describeDomain(`${done.value.domain} counts as verified, on your word.`, done.value)
        })
      }),
    )
}

function addRemove(command: Command, context: CliContext): void {
  command
    .command('remove')
    .description('the domain is not theirs any more; members stay')
    .argument(...ORGANISATION)
    .argument('<domain>', 'what stands behind the @')
    .action(
      context.answers((which: string, domain: string) =>
        withPrograms(context, 'org domain remove', async (at) => {
          const { id } = await organisationNamed(at, which)
          const done = await at.orgs.domains.remove(at.by, instanceAuthority, id, domain)
          if (!done.ok) throw domainRefused(done.error, domain)
          return describeDomain(`${done.value.domain} is removed.`, done.value)
        }),
      ),
    )
}
