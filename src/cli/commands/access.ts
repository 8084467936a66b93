import { type Command, Option } from 'commander'
import { type MatrixApi, matrixOf, ownSection } from '../../access/matrix.ts'
import { AppError } from '../../errors/app-error.ts'
import { explainAccess } from '../access/can.ts'
import { organisationNamed } from '../access/find.ts'
import { describeMatrix, matrixAsCsv } from '../access/matrix.ts'
import {
  applyRefused,
  describeSkipped,
  describeTemplates,
  templateMatrix,
  templateOrThrow,
} from '../access/templates.ts'
import { withAccess } from '../access/with-access.ts'
import { withPrograms } from '../api-key/with-programs.ts'
import { defineCommand } from '../command.ts'
import type { CliContext } from '../context.ts'

export const command = defineCommand({
  summary: 'who may do what: the templates of roles, and the matrix',
  build: (command, context) => {
    addMatrix(command, context)
    addTemplates(command, context)
    addApply(command, context)
    addCan(command, context)
  },
})

interface MatrixOptions {
  readonly template?: string
  readonly org?: string
  readonly api?: string
  readonly csv?: true
}

function addMatrix(command: Command, context: CliContext): void {
  command
    .command('matrix')
    .description('every role against every permission, by API')
    .addOption(new Option('--template <template>', 'what a template says').conflicts('org'))
    .option('--organisation, --org <organisation>', 'the roles of an organisation: its id or its slug')
    .option('--api <audience>', 'this API alone; hearthkey for what can be done here')
    .option('--csv', 'for a spreadsheet')
    .action(
      context.answers(async ({ template, org, api, csv }: MatrixOptions) => {
        const whole =
          org === undefined
            ? templateMatrix(templateOrThrow(template ?? 'basic'))
            : await matrixOfOrganisation(context, org)
        const sections = whole.sections.filter((section) => api === undefined || section.api === api)
        if (sections.length === 0)
          throw new AppError('usage-error', {
            detail: `There is no ${api} in this matrix.`,
            cure: `Give --api one of: ${whole.sections.map((section) => section.api).join(', ')}.`,
          })
        const matrix = { ...whole, sections }
        const output = describeMatrix(matrix)
        return csv ? { ...output, text: matrixAsCsv(matrix) } : output
      }),
    )
}

const matrixOfOrganisation = (context: CliContext, which: string) =>
  withAccess(context, 'access matrix', async (at) => {
    const roles = await at.access.list((await organisationNamed(at, which)).id)
    const sections = (await at.apis.list())
      .filter(({ id }) => roles.some(({ permissions }) => Object.hasOwn(permissions, id)))
      .map(({ id, audience, scopes }): MatrixApi => {
        return { id, title: audience, permissions: Object.fromEntries(scopes.map((scope) => [scope, ''])) }
      })
    return matrixOf(roles, [...sections, ownSection])
  })

function addTemplates(command: Command, context: CliContext): void {
  command
    .command('templates')
    .description('the sets of roles that organisations can use')
    .action(context.answers(async () => describeTemplates()))
}

function addApply(command: Command, context: CliContext): void {
  command
    .command('apply')
    .description('make the roles of a template, or bring them to what this release says')
    .argument('<template>', 'as hearthkey access templates lists them')
    .option(
      '--api <audience>',
      'the API whose permissions they get; it is made, or given the permissions that it lacks',
    )
    .action(
      context.answers((template: string, { api }: { api?: string }) =>
        withAccess(context, 'access apply', async ({ access, by }) => {
          const done = await access.apply(by, template, api)
          if (!done.ok) throw applyRefused(template, done.error)
          const { created, updated, unchanged, skipped } = done.value
          const lines = [
            ['made', created],
            ['changed', updated],
            ['as they were', unchanged],
          ] as const
          const text = lines.flatMap(([what, roles]) =>
            roles.length > 0 ? [`${what}: ${roles.map(({ key }) => key).join(', ')}`] : [],
          )
          const governed = done.value.api && [`Roles decide who gets which permissions of ${done.value.api.audience}.`]
          const keys = (roles: readonly { readonly key: string }[]) => roles.map(({ key }) => key)
          return {
            text: [...text, ...describeSkipped(skipped), ...(governed ?? [])].join('\n'),
            json: {
              template,
              api: done.value.api ?? null,
              created: keys(created),
              updated: keys(updated),
              unchanged: keys(unchanged),
              skipped,
            },
          }
        }),
      ),
    )
}

function addCan(command: Command, context: CliContext): void {
  command
    .command('can')
    .description('whether a member may do something, and by which role; exits with 1 where not')
    .argument('<member>', 'a person by id or e-mail address, or a service account by id')
    .argument('<permission>', 'as hearthkey access matrix lists them')
    .requiredOption('--organisation, --org <organisation>', 'its id or its slug')
    .option('--api <audience>', 'at this API; without it, here')
    .action(
      context.answers((member: string, permission: string, { org, api }: { org: string; api?: string }) =>
        withPrograms(context, 'access can', (at) => explainAccess(at, { member, permission, org, api })),
      ),
    )
}
