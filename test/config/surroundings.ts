import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { loadConfig } from '../../src/config/config.ts'
import { AppError } from '../../src/errors/app-error.ts'
import { scratchDirectory } from '../support/scratch.ts'

/** A working directory that holds these files, gone with the run. */
export function directoryWith(files: Record<string, string | Uint8Array> = {}): string {
  const root = scratchDirectory('config')
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), content)
  }
  return root
}

interface Given {
  readonly env?: Record<string, string>
  readonly yaml?: string
  readonly files?: Record<string, string | Uint8Array>
  readonly cwd?: string
}

const directoryOf = ({ yaml, files, cwd }: Given): string =>
  cwd ?? directoryWith({ ...files, ...(yaml === undefined ? {} : { 'hearthkey.yaml': yaml }) })

export const load = (given: Given = {}) => loadConfig({ env: given.env ?? {}, cwd: directoryOf(given) })

/** The problems, a line each; empty where the configuration is valid. */
export function problemsOf(given: Given): string[] {
  try {
    load(given)
    return []
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'config-invalid') throw error
    return (error.detail ?? '').split('\n').filter((line) => !/^\d+ problems:$/.test(line))
  }
}
