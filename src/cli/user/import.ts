import { type FileHandle, open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import { ExitCode } from '../../errors/exit-code.ts'
import type { CliContext } from '../context.ts'
import { interruptible } from '../interruptible.ts'
import type { Output } from '../output.ts'
import { createProgress } from '../progress.ts'
import { linesOf } from './import-lines.ts'
import { importOne } from './import-one.ts'
import { parseRecord } from './import-record.ts'
import { type PeopleAtWork, withPeople } from './with-people.ts'

/** So many refused lines are said one by one; of the others, how many there are. */
const MOST_SAID = 50

interface Tally {
  readonly counts: Record<'created' | 'skipped' | 'refused', number>
  readonly problems: { readonly line: number; readonly problem: string }[]
  isStopped: boolean
}

/** Reads a line, imports it, and forgets it: the file may be larger than the memory. */
export async function importPeople(context: CliContext, file: string, dryRun: boolean): Promise<Output> {
  await using held = await opened(resolve(context.cwd, file))
  const work = (people: PeopleAtWork) => interruptible((signal) => importAll(context, people, held, { dryRun, signal }))
  return describe(await withPeople(context, 'user import', work), dryRun)
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path)
  } catch (cause) {
    const cure = 'Give the path of a file that you may read, with one JSON object a line.'
    throw new AppError('usage-error', { detail: `${path} cannot be read.`, cure, cause })
  }
}

interface Course {
  readonly dryRun: boolean
  readonly signal: AbortSignal
}

async function importAll(
  { stderr, clock }: CliContext,
  people: PeopleAtWork,
  file: FileHandle,
  { dryRun, signal }: Course,
): Promise<Tally> {
  const { size: total } = await file.stat()
  const progress = createProgress(stderr, clock)
  const tally: Tally = { counts: { created: 0, skipped: 0, refused: 0 }, problems: [], isStopped: false }
  for await (const { number, text, until } of linesOf(file.createReadStream({ autoClose: false }))) {
    tally.isStopped = signal.aborted
    if (tally.isStopped) break
    const record = parseRecord(text)
    const done = record.ok
      ? await importOne(people, record.value, { dryRun })
      : ({ kind: 'refused', why: record.error } as const)
    tally.counts[done.kind] += 1
    if (done.kind === 'refused' && tally.problems.length < MOST_SAID)
      tally.problems.push({ line: number, problem: done.why })
    progress.step({ what: dryRun ? 'checking' : 'importing', done: until, total, detail: `line ${number}` })
  }
  progress.end()
  return tally
}

function describe({ counts, problems, isStopped }: Tally, dryRun: boolean): Output {
  const { created, skipped, refused } = counts
  const more = refused - problems.length
  return {
    text: [
      ...problems.map(({ line, problem }) => `line ${line}: ${problem}`),
      ...(more > 0 ? [`… and ${more} more lines that were refused`] : []),
      `${created} ${dryRun ? 'would be created' : 'created'}, ${skipped} skipped (the address is here already), ${refused} refused.`,
      ...(dryRun ? ['Nothing was changed. An address that stands in the file twice is counted twice here.'] : []),
      ...(isStopped ? ['Stopped before the end. Run it again to go on: who is here already is skipped.'] : []),
      ...(refused > 0 && !isStopped ? ['Correct those lines and run it again: who is here already is skipped.'] : []),
    ].join('\n'),
    json: { dryRun, ...counts, stopped: isStopped, problems },
    exit: refused > 0 ? ExitCode.dataError : isStopped ? ExitCode.tempFail : ExitCode.ok,
  }
}
