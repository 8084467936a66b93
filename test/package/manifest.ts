import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

export const root = join(import.meta.dirname, '../..')
export const readText = (path: string): string => readFileSync(join(root, path), 'utf8')
const readJson = (path: string): unknown => JSON.parse(readText(path))

const versions = z.record(z.string(), z.string()).default({})

export const manifest = z
  .object({
    bin: versions,
    engines: z.object({ node: z.string() }),
    dependencies: versions,
    devDependencies: versions,
    optionalDependencies: versions,
    allowScripts: z.record(z.string(), z.boolean()).default({}),
  })
  .parse(readJson('package.json'))

export const lock = z
  .object({
    lockfileVersion: z.number(),
    packages: z.record(
      z.string(),
      z.object({
        version: z.string().optional(),
        resolved: z.string().optional(),
        integrity: z.string().optional(),
        hasInstallScript: z.boolean().default(false),
      }),
    ),
  })
  .parse(readJson('package-lock.json'))

/** Every installed package of the lock file, by its folder; the root itself left out. */
export const locked = Object.entries(lock.packages).filter(([folder]) => folder !== '')

/** `node_modules/a/node_modules/@b/c` → `@b/c`. */
export const nameOf = (folder: string): string =>
  folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length)
