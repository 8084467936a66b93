import { AppError } from '../errors/app-error.ts'
import { catalogue } from '../errors/catalogue.ts'
import type { ExitCode } from '../errors/exit-code.ts'
import { harmlessJson } from '../lib/harmless-json.ts'

/** A command's answer: the same facts for a person and for a program. */
export interface Output {
  readonly text: string
  readonly json: unknown
  /** For the person, where the text goes on to a file or a program: on standard error, and not with `--json`. */
  readonly aside?: string
  /** For a command whose finding is the exit code (`doctor`, `healthcheck`). */
  readonly exit?: ExitCode
}

export const renderOutput = (output: Output, json: boolean): string =>
  json ? `${harmlessJson(output.json, 2)}\n` : output.text === '' ? '' : `${output.text.trimEnd()}\n`

/** What an error looks like at a terminal: what, why, and what mends it. */
export function renderError(error: unknown, json: boolean): { text: string; exit: ExitCode } {
  const known = error instanceof AppError ? error : new AppError('internal-error', { cause: error })
  const { exit } = catalogue[known.code]
  if (json) {
    return { text: `${JSON.stringify({ error: problemOf(known) })}\n`, exit }
  }
  const detail = known.detail ?? (known.code === 'internal-error' ? stackOf(known.cause) : undefined)
  return { text: `hearthkey: ${inWords({ ...problemOf(known), detail })}\n`, exit }
}

interface Problem {
  readonly code: string
  readonly title: string
  readonly detail: string | undefined
  readonly cure: string
}

/** For a command that ends in the middle of its work, and has to say how far it came as well. */
export const problemOf = ({ code, detail, cure }: AppError): Problem => ({
  code,
  title: catalogue[code].title,
  detail,
  cure,
})

export const inWords = ({ title, detail, cure, code }: Problem): string =>
  [title, ...(detail ? indented(detail) : []), ...indented(`→ ${cure}`), `  (${code})`].join('\n')

const indented = (text: string) => text.split('\n').map((line) => `  ${line}`)

const stackOf = (cause: unknown): string => (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause))
