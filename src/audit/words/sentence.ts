import type { Actor } from '../actor.ts'
import type { Action } from '../vocabulary.ts'

/** What a language needs to tell of every action: a new one without its words does not compile. */
export interface Sentences {
  readonly someone: Readonly<Record<Actor['kind'], string>>
  /** Whoever stands for those who are not known. */
  readonly nobody: string
  /** Of an action that this version does not know: from a log that a later one has written. */
  readonly unknown: string
  readonly of: Readonly<Record<Action, string>>
}

type Value = (name: string) => string | undefined

const parameter = /\{([A-Za-z.]+)\}/g
const optional = /\[([^[\]]*)\]/g
const choice = /<([^<>|]*)\|([^<>|]*)>/g

/** What is filled in is never read again: a name with braces in it stays one. */
export function fill(sentence: string, isOwn: boolean, value: Value): string {
  const chosen = sentence.replaceAll(choice, (_, own: string, other: string) => (isOwn ? own : other))
  const whole = chosen.replaceAll(optional, (_, part: string) =>
    namesIn(part).some((name) => value(name) === undefined) ? '' : part,
  )
  const text = whole.replaceAll(parameter, (_, name: string) => value(name) ?? '?')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export const namesIn = (sentence: string): string[] =>
  [...sentence.matchAll(parameter)].flatMap(([, name]) => name ?? [])
