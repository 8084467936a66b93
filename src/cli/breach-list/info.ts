import { resolve } from 'node:path'
import { openFilter } from '../../breaches/filter/reader.ts'
import { AppError } from '../../errors/app-error.ts'
import type { CliContext } from '../context.ts'
import type { Output } from '../output.ts'
import { createProgress } from '../progress.ts'
import { bytesInWords, countInWords, rateInWords } from './quantity.ts'

export async function info(
  { cwd, clock, stderr }: CliContext,
  path: string,
  { verify = false }: { readonly verify?: boolean },
): Promise<Output> {
  const file = resolve(cwd, path)
  const filter = await openFilter(file)
  try {
    const { entries, length, falsePositiveRate, bucketBits } = filter.header
    if (verify) {
      const progress = createProgress(stderr, clock)
      const step = (done: number) =>
        progress.step({ what: 'verifying', done, total: length, detail: `of ${bytesInWords(length)}` })
      const isWhole = await filter.isWhole(step)
      progress.end()
      if (!isWhole) throw new AppError('breach-list-unusable', { detail: `The file ${file} is damaged.` })
    }
    const text = [
      `entries          ${countInWords(entries)}`,
      `false positives  ${rateInWords(falsePositiveRate)}`,
      `size             ${bytesInWords(length)} (${(length / Math.max(1, entries)).toFixed(2)} bytes an entry)`,
      `blocks           ${countInWords(2 ** bucketBits)}`,
      `content          ${verify ? 'verified' : 'not read (--verify reads all of it)'}`,
    ]
    return { text: text.join('\n'), json: { file, entries, falsePositiveRate, bytes: length, verified: verify } }
  } finally {
    await filter.close()
  }
}
