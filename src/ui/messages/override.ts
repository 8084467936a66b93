import { catalogue } from '../../errors/catalogue.ts'
import { en } from './en.ts'
import type { MessageKey } from './message.ts'
import { parametersOf } from './template.ts'

const english: ReadonlyMap<string, string> = new Map([
  ...Object.entries(en),
  ...Object.entries(catalogue).flatMap(([code, { title, cure }]): [string, string][] => [
    [`error.${code}.title`, title],
    [`error.${code}.cure`, cure],
  ]),
])

/** Every text that a file may replace. */
export const replaceable: readonly string[] = [...english.keys()]

export const isReplaceable = (key: string): key is MessageKey => english.has(key)

const LONGEST = 2000

/** Why a text cannot stand in for ours; undefined where it can. */
export function whyNot(key: MessageKey, text: unknown): string | undefined {
  if (typeof text !== 'string' || text.trim() === '') return `${key}: expected a text; put it in quotes`
  if (text.length > LONGEST) return `${key}: expected at most ${LONGEST} characters`
  const known = parametersOf(english.get(key) ?? '')
  const unknown = [...parametersOf(text)].filter((name) => !known.has(name))
  if (unknown.length === 0) return undefined
  const may = known.size === 0 ? 'it has no parameters' : `it has ${[...known].map((name) => `{${name}}`).join(', ')}`
  return `${key}: there is no {${unknown[0]}} in this text, ${may}`
}
