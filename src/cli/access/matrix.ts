import type { Matrix } from '../../access/matrix.ts'
import type { Output } from '../output.ts'
import { table } from '../table.ts'

/** Read in a plain terminal, by a screen reader, and in a letter. */
const YES = 'yes'

export function describeMatrix({ roles, sections, givenBy }: Matrix): Output {
  const cells = (having: readonly string[]) => roles.map((role) => (having.includes(role) ? YES : '-'))
  const parts = sections.map(({ api, rows }) =>
    table(
      [api, ...roles, ''],
      rows.map(({ permission, about, roles: having }) => [permission, ...cells(having), about]),
    ),
  )
  const giving = table(
    ['gives and takes', ...roles],
    givenBy.map(({ role, roles: having }) => [role, ...cells(having)]),
  )
  return { text: [...parts, giving].join('\n\n'), json: { roles, apis: sections, givenBy } }
}

/** RFC 4180. Every cell in quotes: an audience may hold a comma. */
export function matrixAsCsv({ roles, sections }: Matrix): string {
  const line = (cells: readonly string[]) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')
  const rows = sections.flatMap(({ api, rows: permissions }) =>
    permissions.map(({ permission, roles: having }) =>
      line([api, permission, ...roles.map((role) => (having.includes(role) ? YES : ''))]),
    ),
  )
  return [line(['api', 'permission', ...roles]), ...rows].join('\n')
}
