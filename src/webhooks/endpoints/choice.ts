import { nearest } from '../../config/nearest.ts'
import { fail, ok, type Result } from '../../lib/result.ts'

export type ChoiceFault =
  | { readonly reason: 'no-events' | 'too-many-events' }
  | { readonly reason: 'event-unknown'; readonly event: string; readonly nearest: string | undefined }

/** What an endpoint is to be told of: exact words, all of one noun (`user.*`), or everything (`*`). */
export type JudgeChoice = (asked: readonly string[]) => Result<string[], ChoiceFault>

const MOST = 200
const LONGEST_WORD = 100

/** A word that nobody ever says would be an endpoint that is silent for ever: it is refused, with the one that was meant. */
export function judgingChoices(actions: readonly string[]): JudgeChoice {
  const nouns = new Set(actions.map((action) => `${action.split('.', 1)[0]}.*`))
  const known = new Set(['*', ...nouns, ...actions])
  const candidates = [...nouns, ...actions].map((name) => ({ name, spellings: [name] }))
  return (asked) => {
    if (asked.length === 0) return fail({ reason: 'no-events' })
    if (asked.length > MOST) return fail({ reason: 'too-many-events' })
    const unknown = asked.find((word) => !known.has(word))
    if (unknown === undefined) return ok(asked.includes('*') ? ['*'] : [...new Set(asked)].sort())
    const event = unknown.slice(0, LONGEST_WORD)
    return fail({ reason: 'event-unknown', event, nearest: nearest(event, candidates) })
  }
}
