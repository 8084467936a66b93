import { AppError } from '../../errors/app-error.ts'
import type { AddDomainRefusal, RemoveDomainRefusal, VerifyRefusal } from '../../orgs/domains/service.ts'
import type { ChangeRefusal } from '../../orgs/organisations/change.ts'
import type { CreateRefusal } from '../../orgs/organisations/create.ts'
import type { InstanceChangeRefusal } from '../../orgs/organisations/instance-change.ts'
import type { TemplateRefusal } from '../../orgs/organisations/template.ts'
import { policyRefused } from './policy.ts'
import { settingRefused } from './settings.ts'

const invalid = (detail: string, cure?: string) =>
  new AppError('organisation-invalid', { detail, ...(cure !== undefined && { cure }) })

const nameInvalid = () => invalid('The name must be 1 to 200 characters on one line, without control characters.')

export function creationRefused(
  refusal: CreateRefusal,
  { slug, template }: { slug: string; template: string },
): AppError {
  switch (refusal) {
    case 'slug-invalid':
      return invalid(`${JSON.stringify(slug)} cannot be a slug: 2 to 63 of a-z, 0-9 and single hyphens between them.`)
    case 'slug-taken':
      return invalid(
        `The slug ${slug} is taken, or was once: a token of the former organisation must never mean this one.`,
        'Choose another slug.',
      )
    case 'name-invalid':
      return nameInvalid()
    case 'template-unknown':
      return templateUnknown(template)
    case 'owner-unknown':
      return new AppError('user-not-found', { detail: 'The owner is nobody who may sign in.' })
    case 'quota-invalid':
      return quotaInvalid()
  }
}

const quotaInvalid = () =>
  invalid(
    'A quota is a whole number of requests a minute, from 1 to 2147483647.',
    'Give --quota such a number; without one it is what the instance gives. Nothing was changed.',
  )

const templateUnknown = (template: string) =>
  invalid(
    `There are no roles of a template ${JSON.stringify(template)} yet.`,
    'hearthkey access templates lists those that can be had, and says how its roles are made.',
  )

function templateRefused(refusal: TemplateRefusal, template: string): AppError {
  if (refusal === 'template-unknown') return templateUnknown(template)
  if (refusal === 'already') return invalid(`Its template is ${template} already.`)
  const keys = refusal.keys.join(', ')
  return refusal.reason === 'roles-missing'
    ? invalid(
        `Somebody has, is invited to or may give roles that ${template} does not have: ${keys}.`,
        'Give them other roles first, or withdraw the invitations. Nothing was changed.',
      )
    : invalid(
        `The organisation has roles of its own under keys that ${template} brings: ${keys}.`,
        'Make them again under other keys first. Nothing was changed.',
      )
}

export function changeRefused(refusal: ChangeRefusal): AppError {
  if (typeof refusal === 'object')
    return refusal.reason === 'policy-invalid' ? policyRefused(refusal.problems) : settingRefused(refusal.problem)
  return refusal === 'name-invalid' ? nameInvalid() : new AppError('organisation-not-found')
}

export function updateRefused(refusal: InstanceChangeRefusal, template: string): AppError {
  if (refusal === 'quota-invalid') return quotaInvalid()
  if (refusal === 'retention-invalid') return invalid('A log is kept for 1 to 36500 days.')
  return isOfTemplate(refusal) ? templateRefused(refusal, template) : changeRefused(refusal)
}

const isOfTemplate = (refusal: TemplateRefusal | ChangeRefusal): refusal is TemplateRefusal =>
  typeof refusal === 'object'
    ? refusal.reason === 'roles-missing' || refusal.reason === 'keys-taken'
    : refusal === 'already' || refusal === 'template-unknown'

const refused = (detail: string, cure: string) => new AppError('domain-refused', { detail, cure })

export function domainRefused(
  refusal: VerifyRefusal | AddDomainRefusal | RemoveDomainRefusal,
  domain: string,
): AppError {
  switch (refusal) {
    case 'not-found':
    case 'forbidden':
      return new AppError('organisation-not-found')
    case 'domain-invalid':
      return refused(
        `${JSON.stringify(domain)} is no mail domain.`,
        'Give a domain like example.com, without anything around it.',
      )
    case 'already':
      return refused(`${domain} is there already.`, 'hearthkey org domain list <organisation> shows how it stands.')
    case 'too-many':
      return refused('The organisation has 100 domains.', 'Remove one that it does not need first.')
    case 'no-domain':
      return refused(
        `The organisation has no domain ${domain}.`,
        `Add it first: hearthkey org domain add <organisation> ${domain}`,
      )
    case 'last-domain':
      return refused(
        `The policy takes people of verified domains alone, and ${domain} is the last one: nobody could join.`,
        'Verify another domain first, or let people in from anywhere: hearthkey org policy <organisation> --clear membersFrom.',
      )
    case 'taken':
      return refused(
        `${domain} is verified for another organisation.`,
        'Remove it there first: a domain belongs to one.',
      )
    case 'not-published':
      return refused(
        `The challenge was not found for ${domain}, or another text stands in its place.`,
        'hearthkey org domain list <organisation> shows the text. A new DNS record may take an hour to be seen everywhere.',
      )
    case 'unreachable':
      return refused(
        `Nobody could say what is published for ${domain}: there was no answer.`,
        'Try again. Where this machine reaches no network: hearthkey org domain vouch <organisation> <domain>.',
      )
  }
}
