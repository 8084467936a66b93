import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { AppError } from '../errors/app-error.ts'
import type { CliContext } from './context.ts'

const MOST = 256 * 1024

/** `-` is standard input. */
export async function readJsonFile({ cwd, input }: Pick<CliContext, 'cwd' | 'input'>, name: string): Promise<unknown> {
  const text = name === '-' ? await input() : await textOf(resolve(cwd, name))
  try {
    return JSON.parse(text)
  } catch {
    throw new AppError('usage-error', { detail: `${name} does not hold JSON.` })
  }
}

async function textOf(path: string): Promise<string> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new AppError('usage-error', { detail: `The file ${path} cannot be read.`, cause })
  })
  if (!found.isFile() || found.size > MOST)
    throw new AppError('usage-error', { detail: `${path} is no file of at most ${MOST} bytes.` })
  return readFile(path, 'utf8')
}
