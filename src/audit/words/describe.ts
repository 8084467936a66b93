import { onOneLine, shortened } from '../../lib/one-line.ts'
import type { OpenedEntry } from '../entry/opened.ts'
import { NOBODY } from '../sealer.ts'
import type { SnapshotFields, SnapshotValue } from '../snapshot.ts'
import { isAction } from '../vocabulary.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import { fill, type Sentences } from './sentence.ts'

const languages: Readonly<Record<string, Sentences>> = { en, de }

/** What somebody or something is called, by its id. */
export type Names = ReadonlyMap<string, string>

type Described = Pick<OpenedEntry, 'action' | 'actor' | 'target' | 'before' | 'after'>

/**
 * One sentence for people: who did what to whom. It goes by what the entry itself says, and by `names` where somebody knows more;
 * whoever has no name is called by their id. English where the language is none of ours.
 */
export function describe(entry: Described, language = 'en', names: Names = new Map()): string {
  const sentences = languages[language.split('-')[0] ?? ''] ?? en
  const { action, actor, target } = entry
  const values: Readonly<Record<string, string | undefined>> = {
    action,
    actor: actorIn(sentences, entry, names),
    target: target.id === NOBODY ? sentences.nobody : line(targetIn(entry, names)),
    changed: changedIn(entry),
  }
  const sentence = isAction(action) ? sentences.of[action] : sentences.unknown
  return fill(sentence, actor.id === target.id, (name) =>
    Object.hasOwn(values, name) ? values[name] : fieldIn(entry, name, names),
  )
}

function actorIn({ someone }: Sentences, { actor: { kind, id, name } }: Described, names: Names): string {
  const called = name ?? (id === null ? null : (names.get(id) ?? id))
  return someone[kind].replace('{name}', () => line(called ?? '?'))
}

/** Of a factor the name is the factor's own, not the person's. */
const isNamedByFields = ({ action, target: { kind } }: Described): boolean =>
  kind !== 'person' || action === 'user.created' || action === 'user.admin_granted'

function targetIn(entry: Described, names: Names): string {
  const { actor, target, before, after } = entry
  const own = actor.id === target.id ? actor.name : null
  const said = isNamedByFields(entry)
    ? (after?.['name'] ?? before?.['name'] ?? before?.['kid'] ?? after?.['kid'])
    : null
  return own ?? names.get(target.id) ?? (typeof said === 'string' ? said : target.id)
}

const changedIn = ({ before, after }: Described): string | undefined =>
  [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].join(', ') || undefined

/** As it was and as it is where the sentence asks for one of them; else as it is, or was. */
function fieldIn({ before, after }: Described, name: string, names: Names): string | undefined {
  const [side, field = ''] = name.split('.')
  if (side === 'before' && field) return told(before, field, names)
  if (side === 'after' && field) return told(after, field, names)
  return told(after, name, names) ?? told(before, name, names)
}

function told(fields: SnapshotFields | null, field: string, names: Names): string | undefined {
  const value = fields && Object.hasOwn(fields, field) ? fields[field] : undefined
  return value === undefined ? undefined : textOf(value, names)
}

function textOf(value: SnapshotValue, names: Names): string | undefined {
  if (value === null || value === false) return undefined
  if (typeof value === 'string') return line(names.get(value) ?? value) || undefined
  if (Array.isArray(value))
    return (
      value
        .map((each) => textOf(each, names) ?? '')
        .filter(Boolean)
        .join(', ') || undefined
    )
  return line(JSON.stringify(value))
}

const LONGEST = 200

/** Much of it was typed by strangers: no longer than a sentence can bear. */
function line(text: string): string {
  const plain = onOneLine(text)
  const short = shortened(plain, LONGEST)
  return short === plain ? plain : `${short}…`
}
