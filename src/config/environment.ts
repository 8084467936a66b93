import { resolve } from 'node:path'
import { misspeltNames } from './misspelt.ts'
import type { Problem } from './problem.ts'
import { quotedPath, readText } from './read-text.ts'
import type { Setting } from './setting.ts'
import type { Given, GivenValues } from './source.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Says which file to read, so it is the one name that the file cannot set. */
export const CONFIG_FILE = 'CONFIG_FILE'

const SECRET_FILE_LIMIT = 64 * 1024

interface EnvironmentReading {
  readonly given: GivenValues
  readonly problems: readonly Problem[]
}

/** `PORT=` counts as not set: compose files pass `${PORT:-}` on as an empty text. */
export const variable = (env: Environment, name: string): string | undefined => env[name] || undefined

export function readEnvironment(env: Environment, settings: readonly Setting[], cwd: string): EnvironmentReading {
  const given = new Map<string, Given>()
  const names = settings.flatMap((setting) => setting.env ?? [])
  const known = new Set([CONFIG_FILE, ...names, ...names.map((name) => `${name}_FILE`)])
  const problems = misspeltNames(env, known)
  for (const { env: name, key, form } of settings) {
    if (!name) continue
    const found = textOf(env, name, cwd)
    if (found === undefined) continue
    if ('reason' in found) problems.push(found)
    else
      given.set(key, {
        raw: form.fromText?.(found.text) ?? found.text,
        source: { from: 'environment', name: found.name },
        base: cwd,
      })
  }
  return { given, problems }
}

function textOf(env: Environment, name: string, cwd: string): { name: string; text: string } | Problem | undefined {
  const text = variable(env, name)
  const fileName = `${name}_FILE`
  const file = variable(env, fileName)
  if (text !== undefined && file !== undefined)
    return { where: name, reason: `${fileName} is set as well: keep one of the two` }
  if (file === undefined) return text === undefined ? undefined : { name, text }
  const content = readText(resolve(cwd, file), SECRET_FILE_LIMIT)
  if (!content.ok) return { where: fileName, reason: `the file cannot be read: ${quotedPath(file)}: ${content.error}` }
  const trimmed = content.value.replace(/\r?\n$/, '')
  // An empty secret is a mount that failed, not a wish for the default.
  if (trimmed === '') return { where: fileName, reason: `the file is empty: ${quotedPath(file)}` }
  return { name: fileName, text: trimmed }
}
