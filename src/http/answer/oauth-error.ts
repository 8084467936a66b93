import type { AppError } from '../../errors/app-error.ts'

/** RFC 6749 §4.1.2.1 and §5.2. */
function oauthCode(status: number): string {
  if (status === 429 || status === 503) return 'temporarily_unavailable'
  return status >= 500 ? 'server_error' : 'invalid_request'
}

/** Of what RFC 6749 lets it hold: printable ASCII without quotes and backslashes. */
const asSaid = (text: string): string => text.replace(/["\\]/g, "'").replace(/[^ -~]/g, '?')

/** A library for OAuth reads these two, and calls an answer without them one that it did not expect. */
export const oauthError = ({ entry, detail = entry.title }: AppError) => ({
  error: oauthCode(entry.status),
  error_description: asSaid(detail),
})
