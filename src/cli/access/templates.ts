import { type Matrix, matrixOf, ownSection } from '../../access/matrix.ts'
import { OWN_API } from '../../access/permission.ts'
import { templateNamed, templates } from '../../access/templates/all.ts'
import type { ApplyFault, Skipped } from '../../access/templates/apply.ts'
import type { Template } from '../../access/templates/template.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Output } from '../output.ts'
import { table } from '../table.ts'

export function describeTemplates(): Output {
  const facts = templates.map(({ key, name, api, roles }) => ({
    key,
    name,
    roles: roles.map((role) => role.key),
    permissions: Object.keys(api?.permissions ?? {}),
  }))
  const rows = facts.map(({ key, permissions, roles }) => [key, `${permissions.length}`, roles.join(', ')])
  return { text: table(['TEMPLATE', 'PERMISSIONS', 'ROLES'], rows), json: { templates: facts } }
}

const templateNotFound = (key: string): AppError =>
  new AppError('template-not-found', { detail: `There is no template called ${key}.` })

export function templateOrThrow(key: string): Template {
  const template = templateNamed(key)
  if (!template) throw templateNotFound(key)
  return template
}

/** As it would be once it is applied; the database is not asked. */
export function templateMatrix({ key, name, api, roles }: Template): Matrix {
  const product = api && { id: key, title: name, permissions: api.permissions }
  const applied = roles.map((role) => ({
    ...role,
    organisation: undefined,
    permissions: { [key]: role.permissions, [OWN_API]: role.own },
  }))
  return matrixOf(applied, [...(product ? [product] : []), ownSection])
}

export function applyRefused(template: string, fault: ApplyFault): AppError {
  switch (fault.reason) {
    case 'template-unknown':
      return templateNotFound(template)
    case 'template-without-api':
      return new AppError('usage-error', {
        detail: `The template ${template} has no permissions of an API.`,
        cure: 'Leave out --api.',
      })
    case 'audience-invalid':
    case 'audience-taken':
      return new AppError('api-invalid', {
        detail: 'The audience is not an absolute URI, or it is this server itself.',
        cure: 'Give --api one such as https://api.example.com or urn:example:invoices, without a #.',
      })
    default:
      return new AppError('api-invalid', { detail: fault.reason })
  }
}

/** For each, what to do about it. */
export const describeSkipped = (skipped: readonly Skipped[]): string[] =>
  skipped.map(
    ({ key, slug }) =>
      `not made: ${key}, because ${slug} has a role of its own under that key. Make theirs again under another one (hearthkey role create), give that one instead, remove it, and apply once more.`,
  )
