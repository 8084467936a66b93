import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Allowance } from '../../src/config/values/allowance.ts'
import { tableOf } from '../../src/guard/limits/presets.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/guides/limits.md'), 'utf8')
const rows = page
  .split('\n')
  .filter((line) => /^\| \w+\.\w+ \|/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))

it.each([
  ['monetro', 2],
  ['storno', 3],
  ['toster', 4],
  ['drop', 5],
] as const)('the table of %s is the one that is written down', (preset, column) => {
  const written = Object.fromEntries(rows.flatMap((cells) => (cells[column] ? [[cells[1], cells[column]]] : [])))
  const table = Object.entries(tableOf(preset)).flatMap(([rule, lines]) =>
    Object.entries(lines).map(([name, { count, window }]) => [`${rule}.${name}`, String(new Allowance(count, window))]),
  )
  expect(Object.fromEntries(table)).toEqual(written)
})
