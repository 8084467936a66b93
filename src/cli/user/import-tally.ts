import type { AppError } from '../../errors/app-error.ts'
import { ExitCode } from '../../errors/exit-code.ts'
import { inWords, type Output, problemOf } from '../output.ts'

/** So many refused lines are said one by one; of the others, how many there are. */
export const MOST_SAID = 50

export interface Tally {
  readonly counts: Record<'created' | 'skipped' | 'refused', number>
  readonly problems: { readonly line: number; readonly problem: string }[]
  isStopped: boolean
  /** What no later line gets past either, such as the limit of a licence. */
  end: { readonly line: number; readonly error: AppError; left: number } | undefined
  /** Of what a dry run would create, how many the licence has no room for. */
  tooMany: number
}

/** How far the import came, and why no further. */
export function describe({ counts, problems, isStopped, end, tooMany }: Tally, dryRun: boolean): Output {
  const { created, skipped, refused } = counts
  const more = refused - problems.length
  return {
    text: [
      ...problems.map(({ line, problem }) => `line ${line}: ${problem}`),
      ...(more > 0 ? [`… and ${more} more lines that were refused`] : []),
      `${created} ${dryRun ? 'would be created' : 'created'}, ${skipped} skipped (the address is here already), ${refused} refused.`,
      ...(dryRun ? ['Nothing was changed. An address that stands in the file twice is counted twice here.'] : []),
      ...(tooMany > 0 ? [`The licence has no room for ${tooMany} of them.`] : []),
      ...(end ? [whyEnded(end)] : []),
      ...(isStopped ? ['Stopped before the end. Run it again to go on: who is here already is skipped.'] : []),
      ...(refused > 0 && !isStopped ? ['Correct those lines and run it again: who is here already is skipped.'] : []),
    ].join('\n'),
    json: {
      dryRun,
      ...counts,
      stopped: isStopped || end !== undefined,
      problems,
      ...(dryRun && { tooMany }),
      ...(end && { end: { line: end.line, left: end.left, error: problemOf(end.error) } }),
    },
    exit: exitOf({ end, tooMany, refused, isStopped }),
  }
}

const whyEnded = ({ line, left, error }: NonNullable<Tally['end']>): string =>
  [
    `Ended at line ${line}: ${inWords(problemOf(error))}`,
    `Of that line and those after it, ${left} in all, nobody was imported. Run it again then: who is here already is skipped.`,
  ].join('\n')

function exitOf({
  end,
  tooMany,
  refused,
  isStopped,
}: Pick<Tally, 'end' | 'tooMany' | 'isStopped'> & { refused: number }) {
  if (end) return end.error.entry.exit
  if (tooMany > 0) return ExitCode.noPermission
  if (refused > 0) return ExitCode.dataError
  return isStopped ? ExitCode.tempFail : ExitCode.ok
}
