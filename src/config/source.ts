import { isAbsolute, relative } from 'node:path'
import type { Setting } from './setting.ts'

/** Where a value came from. What the environment or the file fixes cannot be changed in the console. */
export type Source =
  | { readonly from: 'environment'; readonly name: string }
  | { readonly from: 'file'; readonly file: string; readonly line: number }
  | { readonly from: 'default' }

export const DEFAULT: Source = { from: 'default' }

/** A value as it was written, before the schema has seen it. */
export interface Given {
  readonly raw: unknown
  readonly source: Source
  /** Relative paths count from here. */
  readonly base: string
}

/** By key: `server.port`. */
export type GivenValues = ReadonlyMap<string, Given>

export function describeSource(source: Source): string {
  switch (source.from) {
    case 'environment':
      return source.name
    case 'file':
      return `${source.file}:${source.line}`
    case 'default':
      return 'default'
  }
}

/** What an operator looks for: the variable that was set, or the file, the line and the key. */
export function whereIs({ key, env }: Setting, source: Source): string {
  switch (source.from) {
    case 'environment':
      return source.name
    case 'file':
      return `${describeSource(source)} ${key}`
    case 'default':
      return env ?? key
  }
}

export function shownPath(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short
}
