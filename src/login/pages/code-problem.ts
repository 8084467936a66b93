import { CODE_FIELD, type CodeKind, type CodeProblem, codeProblemText } from '../../ui/code-field.tsx'
import type { Translate } from '../../ui/messages/translator.ts'
import type { Problem } from '../../ui/problem-summary.tsx'
import { span } from '../../ui/span.ts'

/** What was wrong about the last try. */
export interface CodeTrouble {
  readonly code?: CodeProblem | undefined
  readonly triesLeft?: number | undefined
  readonly pause?: CodePause | undefined
}

export type CodePause = { readonly kind: 'limited' | 'locked'; readonly seconds: number } | { readonly kind: 'off' }

export function problemsOf(t: Translate, kind: CodeKind, { code, triesLeft, pause }: CodeTrouble): Problem[] {
  return [
    ...(pause ? [{ text: pauseText(t, pause) }] : []),
    ...(code ? [{ field: CODE_FIELD, text: codeProblemText(t, kind, code) }] : []),
    ...(triesLeft !== undefined && triesLeft <= 2 ? [{ text: triesText(t, triesLeft) }] : []),
  ]
}

const triesText = (t: Translate, count: number): string =>
  count === 1 ? t('step.second.tries.one') : t('step.second.tries.other', { count })

const pauseText = (t: Translate, pause: CodePause): string =>
  pause.kind === 'off' ? t('step.second.off') : t(`step.second.${pause.kind}`, { time: span(t, pause.seconds) })
