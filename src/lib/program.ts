import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The build joins modules into few files, so where a module lies says nothing of where the program does. */
function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder
  if (dirname(folder) === folder) throw new Error('no package.json stands above the program')
  return rootAbove(dirname(folder))
}

const isSource = import.meta.filename.endsWith('.ts')

/** Where `assets/`, `migrations/` and `package.json` lie, of the sources and of what was built from them. */
export const programRoot = rootAbove(import.meta.dirname)

/** A folder of modules that are loaded by their names. */
export const moduleFolder = (name: string): string => join(programRoot, isSource ? 'src' : 'dist', name)

/** A module that is loaded by its name: a command, a process of its own. `name` is its path under `src/`, without extension. */
export const moduleFile = (name: string): string => `${moduleFolder(name)}.${isSource ? 'ts' : 'js'}`
