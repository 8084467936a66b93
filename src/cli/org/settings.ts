import type { Command } from 'commander'
import { instanceAuthority } from '../../access/authority.ts'
import { AppError } from '../../errors/app-error.ts'
import type { SettingProblem, SettingsChange } from '../../orgs/settings.ts'
import { organisationNamed } from '../access/find.ts'
import { withPrograms } from '../api-key/with-programs.ts'
import type { CliContext } from '../context.ts'
import { describeOrganisation, settingsText } from './describe.ts'
import { ORGANISATION } from './named.ts'
import { changeRefused } from './refusal.ts'

interface SettingsOptions {
  readonly set: readonly string[]
  readonly unset: readonly string[]
}

const collect = (value: string, before: string[]): string[] => [...before, value]

export function addSettings(command: Command, context: CliContext): void {
  command
    .command('settings')
    .description('short texts that its applications keep: shown, set and taken away')
    .argument(...ORGANISATION)
    .option('--set <name=value>', 'may be repeated', collect, [])
    .option('--unset <name>', 'may be repeated', collect, [])
    .action(
      context.answers((which: string, { set, unset }: SettingsOptions) =>
        withPrograms(context, 'org settings', async (at) => {
          const organisation = await organisationNamed(at, which)
          const settings = changeOf(set, unset)
          if (Object.keys(settings).length === 0) return describeOrganisation(settingsText(organisation), organisation)
          const done = await at.orgs.organisations.update(at.by, instanceAuthority, organisation.id, { settings })
          if (!done.ok) throw changeRefused(done.error)
          return describeOrganisation(settingsText(done.value), done.value)
        }),
      ),
    )
}

function changeOf(set: readonly string[], unset: readonly string[]): SettingsChange {
  const assigned = set.map((assignment): [string, string] => {
    const at = assignment.indexOf('=')
    if (at < 0)
      throw new AppError('organisation-invalid', {
        detail: `${assignment} is not of the form name=value.`,
        cure: 'To take a setting away: --unset <name>. Nothing was changed.',
      })
    return [assignment.slice(0, at), assignment.slice(at + 1)]
  })
  return Object.fromEntries([...assigned, ...unset.map((name) => [name, null] as const)])
}

const reasons: Readonly<Record<SettingProblem['reason'], string>> = {
  name: 'A name is made of letters and digits, with single dots, hyphens or underscores between them: at most 64.',
  value: 'A value is one line of at most 500 characters.',
  'too-many': 'An organisation has at most 50 settings.',
  'like-a-secret': 'Settings are read by everybody who may see the organisation: keep secrets elsewhere.',
}

export const settingRefused = ({ name, reason }: SettingProblem): AppError =>
  new AppError('organisation-invalid', {
    detail: `The setting ${JSON.stringify(name)} cannot be taken. ${reasons[reason]}`,
    cure: 'Nothing was changed.',
  })
