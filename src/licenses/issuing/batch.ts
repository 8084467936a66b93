import { fail, ok, type Result } from '../../lib/result.ts'
import type { License } from '../license/claims.ts'
import { parseCsv } from './csv.ts'
import { type OrderDraft, orderFields, planLicense } from './order.ts'

export interface RowProblem {
  readonly line: number
  readonly reason: string
}

const faults = {
  'quote-inside': 'a quote stands inside a field that does not begin with one',
  'after-quote': 'something stands behind the closing quote of a field',
  'not-closed': 'a quote is not closed',
  'lone-return': 'a carriage return stands alone',
} as const

const isColumn = (name: string): boolean => orderFields.includes(name) || /^limits\.[a-zA-Z][\w.-]*$/.test(name)
const numbers = new Set(['graceDays', 'validDays'])
const lists = new Set(['features', 'instance'])

/** Every row or none: nothing is signed of a file in which something is wrong. `common` is what all rows share. */
export function planBatch(
  text: string,
  common: OrderDraft,
  now: Date,
): Result<readonly License[], readonly RowProblem[]> {
  const csv = parseCsv(text)
  if (!csv.ok) return fail([{ line: csv.error.line, reason: faults[csv.error.reason] }])
  const [head, ...rows] = csv.value
  if (!head || rows.length === 0)
    return fail([{ line: 1, reason: 'a line of names and one line for each licence are expected' }])
  const strangers = head.fields.filter((name) => !isColumn(name))
  if (strangers.length > 0) {
    const known = [...orderFields.filter((name) => name !== 'limits'), 'limits.<name>'].join(', ')
    return fail([
      { line: head.line, reason: `no column is called ${JSON.stringify(strangers[0])}: there are ${known}` },
    ])
  }
  if (new Set(head.fields).size < head.fields.length)
    return fail([{ line: head.line, reason: 'a column stands twice' }])

  const planned: License[] = []
  const problems: RowProblem[] = []
  for (const { line, fields } of rows) {
    if (fields.length !== head.fields.length) {
      problems.push({ line, reason: `${fields.length} fields where ${head.fields.length} are expected` })
      continue
    }
    const plan = planLicense(draftOf(head.fields, fields, common), now)
    if (plan.ok) planned.push(plan.value)
    else problems.push(...plan.error.map(({ field, reason }) => ({ line, reason: `${field} ${reason}` })))
  }
  return problems.length > 0 ? fail(problems) : ok(planned)
}

/** An empty field says nothing: what all rows share stays. */
function draftOf(names: readonly string[], fields: readonly string[], common: OrderDraft): OrderDraft {
  const said = names.flatMap((name, at): [string, string][] => {
    const text = fields[at]?.trim() ?? ''
    return text === '' ? [] : [[name, text]]
  })
  const own = said.filter(([name]) => !name.startsWith('limits.'))
  const limits = said.flatMap(([name, text]) =>
    name.startsWith('limits.') ? [[name.slice('limits.'.length), numeric(text)]] : [],
  )
  const shared = typeof common['limits'] === 'object' ? common['limits'] : {}
  return {
    ...common,
    ...Object.fromEntries(own.map(([name, text]) => [name, valueIn(name, text)])),
    ...(limits.length > 0 && { limits: { ...shared, ...Object.fromEntries(limits) } }),
  }
}

const numeric = (text: string): number | string => (/^\d{1,15}$/.test(text) ? Number(text) : text)
const valueIn = (name: string, text: string): unknown =>
  numbers.has(name) ? numeric(text) : lists.has(name) ? text.split(/[\s;]+/) : text
