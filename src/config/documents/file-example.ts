import { stringify } from 'yaml'
import { sections } from '../schema.ts'
import type { Setting } from '../setting.ts'
import { withoutMarkdown, wrapped } from './prose.ts'

const head = `# yaml-language-server: $schema=./docs/configuration.schema.json
# Copy this file to hearthkey.yaml and uncomment what you want to change. A commented setting shows its default. Behind
# "e.g." stands an example, where there is no default to show: put a value of your own there. Secrets do not belong here; .env.example names them. The environment wins over this file.
# Generated from the schema; docs/configuration.md says more.`

/** An empty list says nothing about what goes in. */
const isTelling = (value: unknown) => value !== undefined && !(Array.isArray(value) && value.length === 0)

/** Uncommented without a thought, a default changes nothing and an example would: it says so, and is no key as it stands. */
function writtenLine({ path, fallback, form, example }: Setting): string {
  const value = isTelling(fallback) ? fallback : (form.fromText?.(example) ?? example)
  const line = `${path.at(-1)}: ${stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd()}`
  return isTelling(fallback) ? line : `e.g. ${line}`
}

function entry(setting: Setting): string[] {
  const [, ...path] = setting.path
  const indent = '  '.repeat(path.length)
  return [...wrapped(withoutMarkdown(setting.about), `${indent}# `), `${indent}# ${writtenLine(setting)}`]
}

/** `tls` opens once, before its first member. */
const groupLine = ({ path }: Setting, previous: Setting | undefined): string[] => {
  const group = path.slice(1, -1).join('.')
  return group && previous?.path.slice(1, -1).join('.') !== group ? [`${'  '.repeat(path.length - 2)}${group}:`] : []
}

export function fileExample(): string {
  const groups = sections.map(({ name, about, settings }) => {
    const writable = settings.filter(({ secret }) => !secret)
    const lines = writable.flatMap((setting, i) => [...groupLine(setting, writable[i - 1]), ...entry(setting), ''])
    return [`# ${withoutMarkdown(about)}`, `${name}:`, ...lines].join('\n').trimEnd()
  })
  return `${[head, ...groups].join('\n\n')}\n`
}
