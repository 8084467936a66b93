import type { ScopeWords } from './api.ts'

/** BCP 47, as far as anybody writes it. */
const language = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/
const LONGEST = 200
/** What turns the direction of writing would make it read as what it is not (threat 29). */
const misleading = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u

export const areWords = (words: ScopeWords, scopes: readonly string[]): boolean =>
  Object.entries(words).every(
    ([scope, texts]) =>
      scopes.includes(scope) &&
      Object.entries(texts).every(
        ([tag, text]) =>
          language.test(tag) && text.trim() === text && text !== '' && text.length <= LONGEST && !misleading.test(text),
      ),
  )

/** What was said takes the place of what there was, text by text; an empty one takes it away. */
export function wordsAfter(before: ScopeWords, said: ScopeWords): ScopeWords {
  const scopes = [...new Set([...Object.keys(before), ...Object.keys(said)])]
  const all = scopes.map((scope) => {
    const texts = Object.entries({ ...before[scope], ...said[scope] }).filter(([, text]) => text !== '')
    return [scope, Object.fromEntries(texts)] as const
  })
  return Object.fromEntries(all.filter(([, texts]) => Object.keys(texts).length > 0))
}
