import type { Clock } from '../lib/clock.ts'

/** Standard error, or what stands for it. */
export interface ProgressStream {
  write(text: string): unknown
  readonly isTTY?: boolean
}

export interface Step {
  /** `reading` */
  readonly what: string
  readonly done: number
  readonly total: number
  /** In words, where the share does not say it all: `1.2 of 40 GB, 3.1 million lines a second`. */
  readonly detail: string
}

export interface Progress {
  step(step: Step): void
  /** What follows begins on a line of its own. */
  end(): void
}

const REDRAW_MS = 100
/** For a log file: often enough to see that it goes on. */
const SAY_AGAIN_MS = 10_000
const BAR = 24

/** A bar that is drawn over itself on a terminal; elsewhere a plain line now and then. */
export function createProgress(stream: ProgressStream, clock: Clock): Progress {
  const isTerminal = stream.isTTY === true
  let begun: { readonly what: string; readonly at: number; readonly from: number } | undefined
  let said = Number.NEGATIVE_INFINITY
  let open = false

  function say({ what, done, total, detail }: Step, now: number): void {
    const share = total > 0 ? Math.min(1, done / total) : 1
    const text = `${what} ${percent(share)}  ${detail}${remaining(share, now - (begun?.at ?? now))}`
    if (!isTerminal) stream.write(`${text}\n`)
    else stream.write(`\r\x1b[K[${'#'.repeat(Math.round(share * BAR)).padEnd(BAR, '.')}] ${text}`)
    open = isTerminal
    said = now
  }

  return {
    step(step) {
      const now = clock.now().getTime()
      if (begun?.what !== step.what) begun = { what: step.what, at: now, from: step.done }
      const isLast = step.done >= step.total
      if (isLast || now - said >= (isTerminal ? REDRAW_MS : SAY_AGAIN_MS)) say(step, now)
    },
    end() {
      if (open) stream.write('\n')
      open = false
    },
  }
}

const percent = (share: number) => `${Math.floor(share * 100)} %`.padStart(5)

/** Of the first per cent nothing can be said of the rest. */
function remaining(share: number, elapsed: number): string {
  if (share < 0.01 || share >= 1) return ''
  const seconds = Math.ceil((elapsed * (1 - share)) / share / 1000)
  return `, ${duration(seconds)} left`
}

const duration = (seconds: number) =>
  seconds < 60 ? `${seconds} s` : seconds < 3600 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
