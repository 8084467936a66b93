import type { ReadEntry } from '../../audit/query/service.ts'
import type { SnapshotFields, SnapshotValue } from '../../audit/snapshot.ts'
import { describe } from '../../audit/words/describe.ts'
import type { Output } from '../output.ts'
import { plain } from '../plain.ts'
import { table } from '../table.ts'

export const facts = (entry: ReadEntry) => ({
  id: entry.id,
  seq: entry.seq,
  time: entry.at.toISOString(),
  action: entry.action,
  description: describe(entry),
  organisation: entry.organisation,
  actor: entry.actor,
  target: entry.target,
  before: entry.before,
  after: entry.after,
  ip: entry.ip,
  userAgent: entry.userAgent,
  session: entry.session,
  request: entry.requestId,
  erased: entry.erased,
  broken: entry.broken,
})

const actorOf = ({ actor: { kind, id, name } }: ReadEntry): string => plain(name ?? id ?? kind)

export function describeEntries(entries: readonly ReadEntry[], next: string | undefined): Output {
  const rows = entries.map((entry) => [
    entry.at.toISOString(),
    actorOf(entry),
    entry.action,
    plain(entry.target.id),
    plain(describe(entry)),
    entry.id,
  ])
  return {
    text: [
      entries.length === 0
        ? 'There are no such events.'
        : table(['TIME (UTC)', 'ACTOR', 'ACTION', 'TARGET', 'WHAT HAPPENED', 'ID'], rows),
      ...(next === undefined ? [] : ['', `There may be more: add --after ${next}`]),
    ].join('\n'),
    json: { events: entries.map(facts), next: next ?? null },
  }
}

export function describeEntry(entry: ReadEntry): Output {
  const { actor, target } = entry
  const lines: (readonly [string, string])[] = [
    ['id', entry.id],
    ['place', entry.seq === null ? 'not in the chain yet' : `${entry.seq}`],
    ['time', entry.at.toISOString()],
    ['action', entry.action],
    ['what happened', plain(describe(entry))],
    ['actor', plain([actor.name, `(${[actor.kind, actor.id].filter(Boolean).join(' ')})`].filter(Boolean).join(' '))],
    ['target', plain(`${target.kind} ${target.id}`)],
    ['organisation', entry.organisation ?? 'none: it concerns the instance'],
    ['from', plain(entry.ip ?? 'unknown')],
    ['with', plain(entry.userAgent ?? 'unknown')],
    ['session', plain(entry.session ?? 'none')],
    ['request', plain(entry.requestId ?? 'none')],
  ]
  return {
    text: [
      ...lines.map(([label, value]) => `${label.padEnd(15)}${value}`),
      ...(entry.erased ? ['', 'Somebody whom it was about was erased: what was theirs cannot be read any more.'] : []),
      ...(entry.broken ? ['', 'SOMETHING IN IT WAS CHANGED: run hearthkey audit verify.'] : []),
      ...changeLines(entry),
    ].join('\n'),
    json: { event: facts(entry) },
  }
}

function changeLines({ before, after }: ReadEntry): string[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  if (names.length === 0) return []
  const width = Math.max(...names.map((name) => name.length))
  return ['', ...names.map((name) => `  ${plain(name).padEnd(width)}  ${changeOf(before, after, name)}`)]
}

/** What there was not is left out on its side. */
function changeOf(before: SnapshotFields | null, after: SnapshotFields | null, name: string): string {
  const [was, is] = [fieldOf(before, name), fieldOf(after, name)]
  return was !== undefined && is !== undefined ? `${was} → ${is}` : was !== undefined ? `${was} →` : `→ ${is}`
}

function fieldOf(fields: SnapshotFields | null, name: string): string | undefined {
  const value: SnapshotValue | undefined = fields && Object.hasOwn(fields, name) ? fields[name] : undefined
  return value === undefined ? undefined : plain(typeof value === 'string' ? value : JSON.stringify(value))
}
