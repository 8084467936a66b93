import { stat } from 'node:fs/promises'
import { AppError } from '../../errors/app-error.ts'
import { type Header, type Layout, layoutFor } from '../filter/format.ts'
import { BucketOverflow, createFilterWriter, type FilterWriter } from '../filter/writer.ts'
import { type Draft, writeWhole } from './draft.ts'
import { hashLines } from './hash-lines.ts'
import type { LineParser } from './line-parser.ts'
import { plainLines } from './plain-lines.ts'
import { type SortedKeys, sortedKeys } from './sorted-keys.ts'
import { MOST_LINES, openSource, type Source } from './source.ts'

export interface BuildOptions {
  readonly source: string
  readonly out: string
  /** `hashes`: lines of `SHA-1:COUNT`. `plain`: a password a line. */
  readonly kind: 'hashes' | 'plain'
  /** Bytes of a value's low part: 2 for one false alarm in 65,536, 3 for one in 16 million. */
  readonly lowBytes?: Layout['lowBytes']
  readonly minCount?: number
  readonly skipBad?: boolean
  readonly force?: boolean
  readonly signal?: AbortSignal
  readonly onStep?: (step: BuildStep) => void
}

export interface BuildStep {
  readonly phase: 'reading' | 'sorting'
  readonly done: number
  readonly total: number
  readonly lines: number
}

export interface BuildSummary {
  readonly header: Header
  readonly lines: number
  readonly badLines: number
  /** Whether it was ordered by hash already: otherwise it was sorted in files beside the result. */
  readonly wasOrdered: boolean
}

/**
 * Turns a list into a filter. Memory does not grow with the list: a block of it, a bucket, an index of 8 bytes for some
 * 1,500 entries, and where it has to be sorted one part in 256 of its keys.
 */
export async function buildBreachList(options: BuildOptions): Promise<BuildSummary> {
  await refuseSameFile(options)
  const source = await openSource(options.source)
  try {
    return await writeWhole(options.out, options.force ?? false, (draft) => fill(draft, source, options))
  } finally {
    await source.close()
  }
}

async function refuseSameFile({ source, out }: BuildOptions): Promise<void> {
  const [from, to] = await Promise.all([source, out].map((path) => stat(path).catch(() => undefined)))
  if (from && to && from.ino === to.ino && from.dev === to.dev)
    throw new AppError('usage-error', {
      detail: 'The list and the filter are the same file.',
      cure: 'Give --out another name.',
    })
}

async function fill(draft: Draft, source: Source, options: BuildOptions): Promise<BuildSummary> {
  try {
    const direct = options.kind === 'hashes' ? await fillInOrder(draft, source, options) : undefined
    const summary = direct ?? (await fillSorted(draft, source, options))
    if (summary.header.entries > 0) return summary
    throw invalid(`Nothing in ${options.source} is to be taken: a filter of it would never find anything.`)
  } catch (error) {
    if (!(error instanceof BucketOverflow)) throw error
    throw invalid('Too many of the hashes begin alike: this is a piece of a list, or no list of hashes.', error)
  }
}

const invalid = (detail: string, cause?: unknown) => new AppError('breach-list-source-invalid', { detail, cause })

interface Reading {
  readonly parser: LineParser
  readonly badLines: () => number
  /** The keys of a block: overwritten by the next. */
  keys(): AsyncGenerator<Float64Array>
}

function read(source: Source, { source: path, kind, minCount = 1, skipBad, signal, onStep }: BuildOptions): Reading {
  let badLines = 0
  const onBadLine = (line: number, why: string) => {
    badLines++
    if (!skipBad)
      throw new AppError('breach-list-source-invalid', {
        detail: `Line ${line} of ${path} ${why}.`,
        cure: 'See that the file is the one that you mean and whole; --skip-bad leaves such lines out and counts them.',
      })
  }
  const parser = kind === 'plain' ? plainLines({ onBadLine }) : hashLines({ minCount, onBadLine })
  return {
    parser,
    badLines: () => badLines,
    async *keys() {
      const keys = new Float64Array(MOST_LINES)
      for await (const block of source.blocks()) {
        throwIfStopped(signal)
        yield keys.subarray(0, parser.parse(block, keys))
        onStep?.({ phase: 'reading', done: source.position(), total: source.size, lines: parser.lines() })
      }
    },
  }
}

function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AppError('interrupted')
}

/** From the first block to the whole; only the sizes of buckets and files hang on it. */
const expected = (source: Source, taken: number) => Math.ceil(taken * (source.size / Math.max(1, source.position())))

/** The list as it is published, ordered by hash: one pass, nothing to sort. Undefined where it is not in order. */
async function fillInOrder({ file }: Draft, source: Source, options: BuildOptions): Promise<BuildSummary | undefined> {
  const { parser, badLines, keys } = read(source, options)
  const layout = (taken: number) => layoutFor(expected(source, taken), options.lowBytes ?? 2)
  let writer: FilterWriter | undefined
  let last = -1
  for await (const block of keys()) {
    writer ??= createFilterWriter(file, layout(block.length))
    for (const key of block) {
      if (key < last) {
        await file.truncate(0)
        return undefined
      }
      writer.add(key)
      last = key
    }
    await writer.drain()
  }
  writer ??= createFilterWriter(file, layout(0))
  return { header: await writer.finish(), lines: parser.lines(), badLines: badLines(), wasOrdered: true }
}

async function fillSorted({ file, directory }: Draft, source: Source, options: BuildOptions): Promise<BuildSummary> {
  const { parser, badLines, keys } = read(source, options)
  let sorting: SortedKeys | undefined
  try {
    for await (const block of keys()) {
      sorting ??= await sortedKeys(directory, expected(source, block.length))
      await sorting.add(block)
    }
    sorting ??= await sortedKeys(directory, 0)
    const writer = createFilterWriter(file, layoutFor(sorting.size(), options.lowBytes ?? 2))
    await pour(sorting, writer, options, parser.lines())
    return { header: await writer.finish(), lines: parser.lines(), badLines: badLines(), wasOrdered: false }
  } finally {
    await sorting?.close()
  }
}

const DRAIN_EVERY = 64 * 1024

async function pour(from: SortedKeys, writer: FilterWriter, options: BuildOptions, lines: number): Promise<void> {
  let done = 0
  for await (const batch of from.batches()) {
    for (let at = 0; at < batch.length; at += DRAIN_EVERY) {
      throwIfStopped(options.signal)
      for (const key of batch.subarray(at, at + DRAIN_EVERY)) writer.add(key)
      await writer.drain()
    }
    done += batch.length
    options.onStep?.({ phase: 'sorting', done, total: from.size(), lines })
  }
}
