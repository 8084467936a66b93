import type { Pause } from '../../guard/lockout/lockout.ts'
import { notedPause, type PauseLeft, type PauseNote, pauseLeft } from '../../guard/lockout/pause-note.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Translate } from '../../ui/messages/translator.ts'
import { span } from '../../ui/span.ts'
import type { HeldBack } from '../answers.tsx'
import type { Limited } from './codes.ts'

const textOf = (t: Translate, left: PauseLeft): string =>
  left.kind === 'off' ? t('security.error.off') : t('security.error.locked', { time: span(t, left.seconds) })

/** Why no code was judged, and when one may be. */
export function codesHeldBack(t: Translate, why: Limited | Pause, clock: Clock): HeldBack {
  if (why.kind === 'limited')
    return { text: t('security.error.limited', { time: span(t, why.seconds) }), status: 429, seconds: why.seconds }
  // One that ends at this very moment is over when somebody reads of it.
  const left = pauseLeft(notedPause(why), clock.now()) ?? { kind: 'locked', seconds: 1 }
  const text = textOf(t, left)
  return left.kind === 'off' ? { text, status: 403 } : { text, status: 429, seconds: left.seconds }
}

/** Of the pause that a wrong code began; undefined once it is over. */
export function codePauseText(t: Translate, pause: PauseNote | undefined, clock: Clock): string | undefined {
  const left = pauseLeft(pause, clock.now())
  return left && textOf(t, left)
}
