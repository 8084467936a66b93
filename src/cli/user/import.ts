import { type FileHandle, open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import type { CliContext } from '../context.ts'
import { interruptible } from '../interruptible.ts'
import type { Output } from '../output.ts'
import { createProgress } from '../progress.ts'
import { linesOf } from './import-lines.ts'
import { importOne } from './import-one.ts'
import { parseRecord } from './import-record.ts'
import { describe, MOST_SAID, type Tally } from './import-tally.ts'
import { type PeopleAtWork, withPeople } from './with-people.ts'

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
  const tally: Tally = {
    counts: { created: 0, skipped: 0, refused: 0 },
    problems: [],
    isStopped: false,
    end: undefined,
    tooMany: 0,
  }
  for await (const { number, text, until } of linesOf(file.createReadStream({ autoClose: false }))) {
    tally.isStopped = signal.aborted
    if (tally.isStopped) break
    if (tally.end) {
      tally.end.left += 1
      continue
    }
    const record = parseRecord(text)
    const done = record.ok
      ? await importOne(people, record.value, { dryRun }).catch(ended)
      : ({ kind: 'refused', why: record.error } as const)
    if (done.kind === 'ended') {
      tally.end = { line: number, error: done.error, left: 1 }
      continue
    }
    tally.counts[done.kind] += 1
    if (done.kind === 'refused' && tally.problems.length < MOST_SAID)
      tally.problems.push({ line: number, problem: done.why })
    progress.step({ what: dryRun ? 'checking' : 'importing', done: until, total, detail: `line ${number}` })
  }
  progress.end()
  if (dryRun) tally.tooMany = Math.max(0, tally.counts.created - ((await people.room()) ?? Number.POSITIVE_INFINITY))
  return tally
}

/** Whatever has a name of its own is no fault of the line: how far the import came is told all the same. */
function ended(error: unknown): { readonly kind: 'ended'; readonly error: AppError } {
  if (error instanceof AppError) return { kind: 'ended', error }
  throw error
}
