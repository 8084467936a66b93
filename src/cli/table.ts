/** Several lines of a cell stand below each other. */
type Cell = string | readonly string[]

const GAP = '  '
const linesOf = (cell: Cell = ''): readonly string[] => (typeof cell === 'string' ? [cell] : cell)

/** A heading line, then a row after the other, every column as wide as its widest cell. */
export function table(heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const all = [heads, ...rows]
  const widths = heads.map((_, column) =>
    Math.max(...all.flatMap((row) => linesOf(row[column]).map((line) => line.length))),
  )
  const printed = all.flatMap((row) => {
    const height = Math.max(1, ...row.map((cell) => linesOf(cell).length))
    return Array.from({ length: height }, (_, line) =>
      widths
        .map((width, column) => (linesOf(row[column])[line] ?? '').padEnd(width))
        .join(GAP)
        .trimEnd(),
    )
  })
  return printed.join('\n')
}
