import { isMap, isNode, isScalar, type Node } from 'yaml'
import { nearest } from './nearest.ts'
import { type Problem, quotedName } from './problem.ts'
import { newNameOf } from './renamed.ts'
import type { Setting } from './setting.ts'
import type { Given, GivenValues } from './source.ts'
import { expected } from './values/form.ts'
import type { YamlFile } from './yaml.ts'

interface Place {
  /** The file, as it is shown. */
  readonly file: string
  readonly base: string
}

interface Entry {
  readonly name: string
  readonly key: string
  readonly value: unknown
  readonly line: number
}

interface Sorted {
  readonly given: GivenValues
  readonly problems: readonly Problem[]
}

/** Sorts what stands in the file into values of settings and problems. */
export function valuesIn(yaml: YamlFile, settings: readonly Setting[], { file, base }: Place): Sorted {
  if (!isEmpty(yaml.root) && !isMap(yaml.root)) {
    const reason = `expected sections by name: ${namesBelow('', settings)}`
    return { given: new Map(), problems: [{ where: `${file}:1`, reason }] }
  }
  const given = new Map<string, Given>()
  const problems: Problem[] = []
  const known = knownKeys(settings)
  for (const entry of entriesOf(yaml, yaml.root, known.groups)) {
    const { key, line } = entry
    const raw: unknown = isNode(entry.value) ? entry.value.toJSON() : entry.value
    const reason = whyNotHere(entry, raw, known)
    const isOurs = known.groups.has(key) || known.settings.has(key)
    if (reason) problems.push({ where: `${file}:${line}${isOurs ? ` ${key}` : ''}`, reason })
    else given.set(key, { raw, source: { from: 'file', file, line }, base })
  }
  return { given, problems }
}

interface Known {
  readonly settings: ReadonlyMap<string, Setting>
  /** `server`, `server.tls` */
  readonly groups: ReadonlySet<string>
}

const knownKeys = (settings: readonly Setting[]): Known => ({
  settings: new Map(settings.map((setting) => [setting.key, setting])),
  groups: new Set(settings.flatMap(({ path }) => path.slice(1).map((_, i) => path.slice(0, i + 1).join('.')))),
})

const isEmpty = (node: unknown) => node === null || (isScalar(node) && node.value === null)

/** Every key that is no group, and every group that holds something else than settings. */
function* entriesOf(yaml: YamlFile, node: Node | null, groups: ReadonlySet<string>, parent = ''): Generator<Entry> {
  if (!isMap(node)) return
  for (const { key: nameNode, value } of node.items) {
    if (!isScalar(nameNode)) continue
    const name = String(nameNode.value)
    const key = `${parent}${name}`
    if (groups.has(key) && isEmpty(value)) continue
    if (groups.has(key) && isMap(value)) yield* entriesOf(yaml, value, groups, `${key}.`)
    else yield { name, key, value, line: yaml.lineAt(nameNode.range?.[0] ?? 0) }
  }
}

function whyNotHere({ name, key }: Entry, raw: unknown, known: Known): string | undefined {
  if (known.groups.has(key)) return `expected settings below it: ${namesBelow(`${key}.`, [...known.settings.values()])}`
  const setting = known.settings.get(key)
  if (!setting) return unknownKey(key, known)
  if (name.includes('.')) return 'the dots are lines of their own in this file: put the last name below the section'
  if (setting.secret) {
    return `a secret may not stand in this file, which is copied and shown: take it out and set ${setting.env} or ${setting.env}_FILE`
  }
  return raw === null ? `has no value: ${expected(setting.form)}; or remove the line` : undefined
}

function unknownKey(key: string, { groups, settings }: Known): string {
  const newName = newNameOf(key)
  if (newName) return `unknown key ${quotedName(key)}: ${newName}`
  const candidates = [
    ...[...groups].map((group) => ({ name: `"${group}"`, spellings: [group] })),
    ...[...settings.values()].map(({ key: known, path, env, secret }) => ({
      name: secret ? `${env} in the environment` : `"${known}"`,
      spellings: [known, path.slice(-1), env ?? []].flat(),
    })),
  ]
  const meant = nearest(key, candidates) ?? nearest(key.split('.').at(-1) ?? key, candidates)
  const cure = meant ? `did you mean ${meant}?` : 'docs/configuration.md lists the known ones'
  return `unknown key ${quotedName(key)}: ${cure}`
}

const namesBelow = (prefix: string, settings: readonly Setting[]): string => {
  const depth = prefix.split('.').length - 1
  const names = settings.filter(({ key }) => key.startsWith(prefix)).map(({ path }) => path[depth])
  return [...new Set(names)].join(', ')
}
