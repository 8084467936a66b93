import { MASK } from '../lib/secret.ts'
import type { Config } from './config.ts'
import type { Setting } from './setting.ts'

/** A value as plain data, written as the file would write it; null where it is not set. A secret shows itself as `[secret]`. */
export function shownValue(config: Config, { path, form, secret }: Setting): unknown {
  const value = path.reduce<unknown>((node, name) => (isRecord(node) ? node[name] : undefined), config)
  if (secret && value !== undefined) return MASK
  return typeof value === 'number' && form.toText ? form.toText(value) : (value ?? null)
}

export function asText(value: unknown): string {
  if (value === null || value === undefined) return 'not set'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ')
  return String(value)
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
