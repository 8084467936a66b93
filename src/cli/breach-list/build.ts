import { resolve } from 'node:path'
import { type BuildSummary, buildBreachList } from '../../breaches/build/build.ts'
import type { CliContext } from '../context.ts'
import { interruptible } from '../interruptible.ts'
import type { Output } from '../output.ts'
import { createProgress } from '../progress.ts'
import { bytesInWords, countInWords, rateInWords } from './quantity.ts'

export interface BuildCommandOptions {
  readonly out: string
  readonly plain?: true
  readonly minCount: number
  readonly skipBad?: true
  readonly force?: true
}

export async function build(context: CliContext, list: string, options: BuildCommandOptions): Promise<Output> {
  const { cwd, clock, stderr } = context
  const out = resolve(cwd, options.out)
  const progress = createProgress(stderr, clock)
  const began = clock.now().getTime()
  try {
    const summary = await interruptible((signal) =>
      buildBreachList({
        source: resolve(cwd, list),
        out,
        kind: options.plain ? 'plain' : 'hashes',
        minCount: options.minCount,
        skipBad: options.skipBad ?? false,
        force: options.force ?? false,
        signal,
        onStep: ({ phase, done, total, lines }) => {
          const seconds = Math.max(0.001, (clock.now().getTime() - began) / 1000)
          const detail =
            phase === 'reading'
              ? `${bytesInWords(done)} of ${bytesInWords(total)}, ${countInWords(lines / seconds)} lines a second`
              : `${countInWords(done)} of ${countInWords(total)} entries`
          progress.step({ what: phase, done, total, detail })
        },
      }),
    )
    progress.end()
    return describe(out, summary)
  } catch (error) {
    progress.end()
    throw error
  }
}

function describe(out: string, { header, lines, badLines, wasOrdered }: BuildSummary): Output {
  const { entries, length, falsePositiveRate } = header
  const text = [
    `${out} holds ${countInWords(entries)} passwords in ${bytesInWords(length)}.`,
    `Of passwords that are not in the list, ${rateInWords(falsePositiveRate)} is taken for one that is.`,
    ...(badLines > 0
      ? [`${countInWords(badLines)} of ${countInWords(lines)} lines were left out: they are malformed.`]
      : []),
    'To switch it on, name it as breaches.filter in the configuration and restart the server.',
  ]
  return {
    text: text.join('\n'),
    json: { out, entries, bytes: length, falsePositiveRate, lines, badLines, wasOrdered },
  }
}
