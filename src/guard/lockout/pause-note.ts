import { z } from 'zod'
import type { Pause } from './lockout.ts'

/** That a failure began a pause, for the page after the form; `until` in milliseconds since 1970. */
export const pauseNote = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('locked'), until: z.number() }),
  z.object({ kind: z.literal('off') }),
])
export type PauseNote = z.infer<typeof pauseNote>

/** As a page says it. */
export type PauseLeft = { readonly kind: 'locked'; readonly seconds: number } | { readonly kind: 'off' }

export const notedPause = (pause: Pause | undefined): PauseNote | undefined =>
  pause?.kind === 'locked' ? { kind: 'locked', until: pause.until.getTime() } : pause

/** Undefined for one that is over. */
export function pauseLeft(pause: PauseNote | undefined, now: Date): PauseLeft | undefined {
  if (pause?.kind !== 'locked') return pause
  const seconds = Math.ceil((pause.until - now.getTime()) / 1000)
  return seconds > 0 ? { kind: 'locked', seconds } : undefined
}
