import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import { ExitCode } from '../../errors/exit-code.ts'
import { readBounded, writeNew } from '../../licenses/files.ts'
import { planBatch } from '../../licenses/issuing/batch.ts'
import type { CliContext } from '../context.ts'
import { interruptible } from '../interruptible.ts'
import { inWords, type Output, problemOf } from '../output.ts'
import { createProgress } from '../progress.ts'
import { licences } from './describe.ts'
import { type IssueOptions, issueOne } from './issue.ts'
import { draftOf } from './order-flags.ts'
import { rowsRefused } from './refusal.ts'
import { unlockedKey } from './signing-key.ts'

const MOST_BYTES = 16 * 1024 * 1024

export async function issueBatch(context: CliContext, csv: string, options: IssueOptions): Promise<Output> {
  const { cwd, clock, stderr } = context
  if (options.out === undefined)
    throw new AppError('usage-error', { detail: 'A batch needs --out <folder>: one file is written for each licence.' })
  const path = resolve(cwd, csv)
  const text = await readBounded(path, MOST_BYTES)
  if (text.length > MOST_BYTES) throw new AppError('license-order-invalid', { detail: `${path} is larger than 16 MB.` })
  const plan = planBatch(text, await draftOf(cwd, options), clock.now())
  if (!plan.ok) throw rowsRefused(plan.error)
  const [key, folder] = [await unlockedKey(context, options.key), resolve(cwd, options.out)]
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const progress = createProgress(stderr, clock)
  const total = plan.value.length
  const { done: issued, failed } = await interruptible(async (signal) => {
    const done: { readonly subject: string; readonly license: string; readonly file: string }[] = []
    for (const license of plan.value) {
      if (signal.aborted) break
      const file = join(folder, `${license.jti}.license`)
      try {
        await writeNew(file, `${await issueOne(key, resolve(cwd, options.register), license)}\n`)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        return { done, failed: { subject: license.sub, license: license.jti, error } }
      }
      done.push({ subject: license.sub, license: license.jti, file })
      progress.step({ what: 'issuing', done: done.length, total, detail: `${done.length} of ${total} licences` })
    }
    return { done, failed: undefined }
  }).finally(() => progress.end())
  const stopped = issued.length < total
  return {
    text: [
      ...issued.map(({ subject, license }) => `${license}  ${subject}`),
      `${licences(issued.length)} ${issued.length === 1 ? 'is' : 'are'} in ${folder}.`,
      ...(failed
        ? [
            `The next one, ${failed.license} for ${failed.subject}, failed: ${inWords(problemOf(failed.error))}`,
            'If the register has a line for it, the licence stands there; its row is done then as well.',
          ]
        : []),
      ...(stopped
        ? ['Stopped before the end. Take the rows above out of the file before you go on, or they are issued twice.']
        : []),
    ].join('\n'),
    json: {
      issued,
      stopped,
      ...(failed && { failed: { ...failed, error: problemOf(failed.error) } }),
    },
    exit: failed ? failed.error.entry.exit : stopped ? ExitCode.tempFail : ExitCode.ok,
  }
}
