import { z } from 'zod'
import { fail, ok, type Result } from '../lib/result.ts'

/**
 * What an organisation's applications want to keep of it and have no place for: a language, a currency, whom to write to.
 * Short texts by name. Nothing here is a secret, and nothing of ours depends on it.
 */
export const settingsShape = z.record(z.string(), z.string()).readonly()
export type Settings = z.infer<typeof settingsShape>

export const noSettings: Settings = {}

export interface SettingProblem {
  readonly name: string
  readonly reason: 'name' | 'value' | 'too-many' | 'like-a-secret'
}

const MOST = 50
const NAME = /^[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*$/i
/** The log of events takes no field that is called so, and a plain column is no place for one. */
const SECRET = /(?:password|passphrase|secret|token|private_?key|api_?key)$/i

/** `null` takes a setting away. */
export type SettingsChange = Readonly<Record<string, string | null>>

export function changedSettings(before: Settings, change: SettingsChange): Result<Settings, SettingProblem> {
  const names = Object.keys(change)
  const badName = names.find((name) => name.length > 64 || !NAME.test(name))
  if (badName !== undefined) return fail({ name: badName, reason: 'name' })
  const secret = names.find((name) => SECRET.test(name))
  if (secret !== undefined) return fail({ name: secret, reason: 'like-a-secret' })
  const badValue = names.find((name) => !isValue(change[name]))
  if (badValue !== undefined) return fail({ name: badValue, reason: 'value' })
  const after = Object.entries({ ...before, ...change }).flatMap(([name, value]) =>
    value === null ? [] : [[name, value]],
  )
  return after.length > MOST ? fail({ name: `${after.length}`, reason: 'too-many' }) : ok(Object.fromEntries(after))
}

const isValue = (value: string | null | undefined): boolean =>
  value === null || (value !== undefined && value.length <= 500 && !/\p{Cc}/u.test(value))
