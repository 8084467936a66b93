import type { LoadedConfig } from './config.ts'
import { asText, shownValue } from './display.ts'
import { settings } from './schema.ts'
import { describeSource, type Source } from './source.ts'

interface Report {
  readonly text: string
  readonly json: unknown
}

/** `hearthkey config print`: what the program would run by, and where each value comes from. */
export function printReport({ config, file, sources }: LoadedConfig): Report {
  const rows = settings.map((setting) => ({
    key: setting.key,
    value: shownValue(config, setting),
    source: sources.get(setting.key),
  }))
  return {
    text: aligned(rows.map(({ key, value, source }) => [key, asText(value), source ? describeSource(source) : ''])),
    json: { file: file ?? null, settings: rows },
  }
}

/** `hearthkey config check`, when there is nothing to complain of. */
export function checkReport({ file, sources }: LoadedConfig): Report {
  const variables = [...sources.values()]
    .filter((source): source is Source & { from: 'environment' } => source.from === 'environment')
    .map(({ name }) => name)
  const lines = [
    'OK: the configuration is valid.',
    `File: ${file ?? 'none'}`,
    `Environment: ${variables.length > 0 ? variables.join(', ') : 'nothing set'}`,
  ]
  return { text: lines.join('\n'), json: { ok: true, file: file ?? null, environment: variables } }
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
