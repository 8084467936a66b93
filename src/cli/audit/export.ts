import { resolve } from 'node:path'
import type { ExportLine } from '../../audit/export/lines.ts'
import { asCsv, asNdjson, type Text } from '../../audit/export/write.ts'
import { AppError } from '../../errors/app-error.ts'
import { errorCode } from '../../lib/error-code.ts'
import { countInWords } from '../breach-list/quantity.ts'
import type { CliContext } from '../context.ts'
import { interruptible } from '../interruptible.ts'
import type { Output } from '../output.ts'
import { createProgress } from '../progress.ts'
import { type FilterOptions, filterOf } from './filter.ts'
import { writeWhole } from './out-file.ts'
import type { AuditAtWork } from './with-audit.ts'

export interface ExportOptions extends FilterOptions {
  readonly format: 'ndjson' | 'csv'
  readonly out?: string
  readonly force?: true
}

/** Nothing is answered where the export itself is what stands on standard output. */
export async function exportLog(
  { cwd, clock, stderr, stdout }: CliContext,
  at: AuditAtWork,
  { format, out, force, ...options }: ExportOptions,
): Promise<Output | undefined> {
  const filter = await filterOf(at, options)
  const progress = createProgress(stderr, clock)
  const onProgress = (done: number, total: number) =>
    progress.step({ what: 'exporting', done, total, detail: `${countInWords(done)} of ${countInWords(total)} entries` })
  const tally = { entries: 0 }
  const path = out === undefined ? undefined : resolve(cwd, out)
  await interruptible((signal) =>
    at.exports.run(at.by, { filter, format, onProgress }, async (lines) => {
      const text = textOf(format, counted(lines, tally, signal))
      if (path === undefined) for await (const piece of text) await stdout(piece).catch(unread)
      else
        await writeWhole(path, force === true, async (put) => {
          for await (const piece of text) await put(piece)
        })
    }),
  ).finally(() => progress.end())
  if (path === undefined) return undefined
  return {
    text: `${countInWords(tally.entries)} events are in ${path}.`,
    json: { file: path, format, entries: tally.entries },
  }
}

function unread(cause: unknown): never {
  if (errorCode(cause) !== 'EPIPE') throw cause
  throw new AppError('interrupted', { detail: 'Whoever read standard output has stopped reading.', cause })
}

const textOf = (format: ExportOptions['format'], lines: AsyncIterable<ExportLine>): Text =>
  format === 'csv' ? asCsv(lines) : asNdjson(lines)

/** Between two lines is where it can be stopped. */
async function* counted(lines: AsyncIterable<ExportLine>, tally: { entries: number }, signal: AbortSignal) {
  for await (const line of lines) {
    if (signal.aborted) throw new AppError('interrupted', { detail: 'The export was stopped; no half of it is left.' })
    if (line.type === 'entry') tally.entries++
    yield line
  }
}
