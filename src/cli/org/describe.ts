import { fileUrl, recordName } from '../../orgs/domains/domain-name.ts'
import type { Domain } from '../../orgs/domains/store.ts'
import type { Organisation } from '../../orgs/org.ts'
import { policyInWords } from '../../orgs/policy/words.ts'
import type { Output } from '../output.ts'
import { table } from '../table.ts'

const facts = ({
  id,
  slug,
  name,
  status,
  template,
  policy,
  settings,
  quota,
  auditRetentionDays,
  createdAt,
}: Organisation) => ({
  id,
  slug,
  name,
  status,
  template,
  policy,
  settings,
  quota,
  auditRetentionDays,
  createdAt,
})

export const describeOrganisation = (text: string, organisation: Organisation): Output => ({
  text,
  json: { organisation: facts(organisation) },
})

const aligned = (rows: readonly (readonly [string, string])[]): string =>
  rows.map(([label, value]) => `${label.padEnd(10)}${value}`).join('\n')

export const policyText = ({ policy }: Organisation): string =>
  ['The policy:', ...policyInWords(policy).map((line) => `  ${line}`)].join('\n').replace(/:$/, ' asks for nothing.')

export const settingsText = ({ settings }: Organisation): string =>
  ['The settings:', ...Object.entries(settings).map(([name, value]) => `  ${name}=${value}`)]
    .join('\n')
    .replace(/:$/, ' are empty.')

export function showOrganisation(organisation: Organisation, domains: readonly Domain[]): Output {
  const { id, slug, name, status, template, quota, auditRetentionDays: days, createdAt } = organisation
  const text = [
    aligned([
      ['id', id],
      ['slug', slug],
      ['name', name],
      ['status', status],
      ['roles', `of the template ${template}`],
      ['quota', quota === null ? 'that of the instance' : `${quota} requests a minute`],
      ['log', days === null ? 'kept as long as that of the instance' : `kept for ${days} days`],
      ['since', createdAt.toISOString()],
      [
        'domains',
        domains.map(({ domain, verified }) => (verified ? domain : `${domain} (not verified)`)).join(', ') || 'none',
      ],
    ]),
    '',
    policyText(organisation),
    settingsText(organisation),
  ].join('\n')
  return { text, json: { organisation: facts(organisation), domains } }
}

export function describeOrganisations(organisations: readonly Organisation[], more: boolean): Output {
  const next = more ? organisations.at(-1)?.id : undefined
  const rows = organisations.map(({ id, slug, name, status, template }) => [id, slug, status, template, name])
  return {
    text: [
      organisations.length === 0
        ? 'There are no organisations. The first: hearthkey org create <slug> --name <name> --owner <user>'
        : table(['ID', 'SLUG', 'STATE', 'TEMPLATE', 'NAME'], rows),
      ...(next ? ['', `There are more: hearthkey org list --after ${next}`] : []),
    ].join('\n'),
    json: { organisations: organisations.map(facts), next: next ?? null },
  }
}

export const describeDomain = (text: string, { domain, challenge, verified }: Domain): Output => ({
  text,
  json: {
    domain: { domain, challenge, verified: verified ?? null, record: recordName(domain), file: fileUrl(domain) },
  },
})

/** What whoever has the domain does next. */
export const howToVerify = (organisation: Organisation, { domain, challenge }: Domain): string =>
  [
    `Publish this text in one of two places:\n\n${challenge}\n`,
    `- as a TXT record of ${recordName(domain)}, then: hearthkey org domain verify ${organisation.slug} ${domain}`,
    `- in the file ${fileUrl(domain)}, then: hearthkey org domain verify ${organisation.slug} ${domain} --file`,
    `Where neither can be looked up from here: hearthkey org domain vouch ${organisation.slug} ${domain}`,
  ].join('\n')

export function describeDomains(domains: readonly Domain[]): Output {
  const rows = domains.map(({ domain, challenge, verified }) => [
    domain,
    verified ? `verified by ${verified.by}` : 'not verified',
    verified ? '' : challenge,
  ])
  return {
    text: domains.length === 0 ? 'The organisation has no domains.' : table(['DOMAIN', 'STATE', 'CHALLENGE'], rows),
    json: { domains: domains.map((one) => ({ ...one, verified: one.verified ?? null })) },
  }
}
