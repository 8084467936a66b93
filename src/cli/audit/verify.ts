import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { verifyDatabase } from '../../audit/verify/database.ts'
import { claimedBreaksOfFile, linesOfFile } from '../../audit/verify/source/file.ts'
import type { Verdict } from '../../audit/verify/verdict.ts'
import { type VerifyOptions, verifyLog } from '../../audit/verify/verify.ts'
import { bytesInWords, countInWords } from '../breach-list/quantity.ts'
import type { CliContext } from '../context.ts'
import type { Output } from '../output.ts'
import { createProgress, type Progress } from '../progress.ts'
import { readHeads, readTrustedKeys, unreadable } from './given.ts'
import { describeVerdict } from './verdict-words.ts'
import { withLog } from './with-log.ts'

export interface VerifyCommandOptions {
  readonly head?: string
  readonly keys?: string
}

/** Of a file without a configuration, a key or a network: whoever was given one may verify it anywhere. */
export async function verify(
  context: CliContext,
  file: string | undefined,
  { head, keys }: VerifyCommandOptions,
): Promise<Output> {
  const { cwd, clock, stderr } = context
  const sayTorn = (line: number) =>
    stderr.write(`Line ${line} of the kept heads is broken off: that head is not compared.\n`)
  const options = {
    heads: head === undefined ? [] : await readHeads(cwd, head, sayTorn),
    trustedKeys: keys === undefined ? undefined : await readTrustedKeys(context, keys),
  }
  const progress = createProgress(stderr, clock)
  try {
    const verdict =
      file === undefined
        ? await ofDatabase(context, options, progress)
        : await ofFile(resolve(cwd, file), options, progress)
    progress.end()
    return describeVerdict(verdict, { keysGiven: keys !== undefined, headsGiven: head !== undefined })
  } catch (error) {
    progress.end()
    throw error
  }
}

const WHAT = 'verifying'

async function ofFile(path: string, options: VerifyOptions, progress: Progress): Promise<Verdict> {
  const found = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
  if (!found.isFile()) throw unreadable(path, new TypeError('no file'))
  const { size } = found
  const lines = linesOfFile(path, (done) =>
    progress.step({ what: WHAT, done, total: size, detail: `${bytesInWords(done)} of ${bytesInWords(size)}` }),
  )
  return verifyLog(lines, { ...options, excusable: { claimed: await claimedBreaksOfFile(path) } })
}

const ofDatabase = (context: CliContext, options: VerifyOptions, progress: Progress): Promise<Verdict> =>
  withLog(context, ({ owner }) =>
    verifyDatabase({
      ...options,
      owner,
      now: context.clock.now(),
      onProgress: (done, total) =>
        progress.step({ what: WHAT, done, total, detail: `${countInWords(done)} of ${countInWords(total)} entries` }),
    }),
  )
