import { resolve } from 'node:path'
import { sections, settings } from './schema.ts'
import type { GivenValues } from './source.ts'

type Entry = readonly [path: readonly string[], value: unknown]

/** The flat values in the shape of the schema, paths made absolute. */
export function nested(given: GivenValues): Record<string, unknown> {
  const entries = settings.flatMap(({ key, path, form }): Entry[] => {
    const found = given.get(key)
    if (!found) return []
    const isPath = form.isPath && typeof found.raw === 'string' && found.raw !== ''
    return [[path, isPath ? resolve(found.base, String(found.raw)) : found.raw]]
  })
  const empty = Object.fromEntries(sections.map(({ name }) => [name, {}]))
  return { ...empty, ...treeOf(entries) }
}

function treeOf(entries: readonly Entry[]): Record<string, unknown> {
  const byName = Map.groupBy(entries, ([path]) => path[0] ?? '')
  return Object.fromEntries(
    [...byName].map(([name, members]) => {
      const leaf = members.find(([path]) => path.length === 1)
      return [name, leaf ? leaf[1] : treeOf(members.map(([path, value]) => [path.slice(1), value]))]
    }),
  )
}
