import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { CONFIG_FILE, type Environment, variable } from './environment.ts'
import { valuesIn } from './file-values.ts'
import type { Problem } from './problem.ts'
import { quotedPath, readText } from './read-text.ts'
import type { Setting } from './setting.ts'
import { type GivenValues, shownPath } from './source.ts'
import { parseYaml } from './yaml.ts'

export const DEFAULT_FILE = 'hearthkey.yaml'
const FILE_LIMIT = 1024 * 1024

export interface FileReading {
  /** Absolute; undefined where there is no file. */
  readonly path: string | undefined
  readonly given: GivenValues
  readonly problems: readonly Problem[]
  /** False where the file could not be read to its end: then nothing can be said about what it leaves out. */
  readonly complete: boolean
}

/** A file that was asked for must be there; the default one may be absent. */
export function readConfigFile(env: Environment, settings: readonly Setting[], cwd: string): FileReading {
  const named = variable(env, CONFIG_FILE)
  const path = resolve(cwd, named ?? DEFAULT_FILE)
  if (named === undefined && !existsSync(path)) return noFile(cwd)
  const text = readText(path, FILE_LIMIT)
  if (!text.ok) {
    const where = named === undefined ? DEFAULT_FILE : CONFIG_FILE
    const subject = named === undefined ? 'the file' : `the file ${quotedPath(named)}`
    return unreadable(path, [{ where, reason: `${subject} cannot be read: ${text.error}` }])
  }
  const shown = shownPath(path, cwd)
  const yaml = parseYaml(text.value)
  if (yaml.problems.length > 0) {
    return unreadable(
      path,
      yaml.problems.map(({ line, reason }) => ({ where: `${shown}:${line}`, reason })),
    )
  }
  return { path, complete: true, ...valuesIn(yaml, settings, { file: shown, base: dirname(path) }) }
}

function noFile(cwd: string): FileReading {
  const lookalike = 'hearthkey.yml'
  const problems = existsSync(join(cwd, lookalike))
    ? [{ where: lookalike, reason: `is not read: rename it to ${DEFAULT_FILE}, or name it in ${CONFIG_FILE}` }]
    : []
  return { path: undefined, given: new Map(), problems, complete: problems.length === 0 }
}

const unreadable = (path: string, problems: readonly Problem[]): FileReading => ({
  path,
  given: new Map(),
  problems,
  complete: false,
})
