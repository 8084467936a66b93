import { AppError } from '../errors/app-error.ts'
import type { Source } from './source.ts'

/** One thing that stops the start. Neither text ever quotes a value: a secret may stand in the wrong place. */
export interface Problem {
  /** `PORT`, or `hearthkey.yaml:12 server.port` */
  readonly where: string
  readonly reason: string
  /** Of the setting it speaks of, where it is one. */
  readonly source?: Source
}

/** All of them at once, so that nobody starts the server five times to learn of five mistakes. */
export function configInvalid(problems: readonly Problem[]): AppError {
  const lines = problems.map(({ where, reason }) => `${where}: ${reason}`)
  const heading = problems.length === 1 ? [] : [`${problems.length} problems:`]
  return new AppError('config-invalid', { detail: [...heading, ...lines].join('\n') })
}

/** A name goes into a message; anything else that stands where a name should be might be a secret. */
export const quotedName = (text: string): string =>
  /^[A-Za-z_][\w.-]{0,39}$/.test(text) ? `"${text}"` : 'a name that is not shown here'
