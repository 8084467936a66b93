import type { z } from 'zod'
import { type Conflict, conflictsIn } from './cross-checks.ts'
import { nested } from './nest.ts'
import type { Problem } from './problem.ts'
import { type Parsed, schema, settings } from './schema.ts'
import type { Setting } from './setting.ts'
import { DEFAULT, type GivenValues, whereIs } from './source.ts'
import { expected } from './values/form.ts'

interface Judgement {
  /** Sound where there is no problem. */
  readonly parsed: Parsed | undefined
  readonly problems: readonly Problem[]
}

type Wrong = ReadonlyMap<Setting, string>

/** Every setting by itself, then those that are right by themselves together, so that one run names everything. */
export function judge(given: GivenValues): Judgement {
  const first = schema.safeParse(nested(given))
  if (first.success)
    return { parsed: first.data, problems: conflictProblems(conflictsIn(first.data), new Map(), given) }
  const wrong = wrongSettings(first.error.issues, given)
  const problems = [...wrong].map(([setting, reason]) => problemAt(setting, reason, given))
  const rest = schema.safeParse(nested(without(given, [...wrong.keys()])))
  const conflicts = rest.success ? conflictsIn(rest.data) : []
  return { parsed: undefined, problems: [...problems, ...conflictProblems(conflicts, wrong, given)] }
}

function wrongSettings(issues: readonly z.core.$ZodIssue[], given: GivenValues): Wrong {
  const wrong = new Map<Setting, string>()
  for (const issue of issues) {
    const setting = settings.find(({ path }) => path.every((part, i) => issue.path[i] === part))
    if (!setting) throw new TypeError(`the schema refused what no setting covers: ${issue.path.join('.')}`)
    if (!wrong.has(setting)) wrong.set(setting, reasonOf(issue, setting, given))
  }
  return wrong
}

function reasonOf(issue: z.core.$ZodIssue, setting: Setting, given: GivenValues): string {
  if (issue.code === 'custom') return issue.message
  if (given.has(setting.key)) return expected(setting.form)
  const names = settings.filter(({ key }) => key.startsWith(groupOf(setting))).map(({ env, key }) => env ?? key)
  return `is not set: ${names.join(' and ')} go together`
}

/** Leaves out what is wrong, and the whole of a group like `server.tls` when a member is wrong. */
function without(given: GivenValues, wrong: readonly Setting[]): GivenValues {
  const keys = new Set(wrong.map(({ key }) => key))
  const groups = wrong.filter(({ path }) => path.length > 2).map(groupOf)
  return new Map([...given].filter(([key]) => !keys.has(key) && !groups.some((group) => key.startsWith(group))))
}

const groupOf = ({ path }: Setting): string => `${path.slice(0, -1).join('.')}.`

function conflictProblems(conflicts: readonly Conflict[], wrong: Wrong, given: GivenValues): Problem[] {
  return conflicts.flatMap(({ keys, reason }) => {
    const involved = settings.filter(({ key }) => keys.includes(key))
    const blamed = involved.find(({ key }) => key === keys[0])
    return !blamed || involved.some((setting) => wrong.has(setting)) ? [] : [problemAt(blamed, reason, given)]
  })
}

const problemAt = (setting: Setting, reason: string, given: GivenValues): Problem => {
  const source = given.get(setting.key)?.source ?? DEFAULT
  return { where: whereIs(setting, source), reason, source }
}
