import type { Result } from '../../lib/result.ts'

/** `not-found`: there is no such record. `unreachable`: nobody could say. */
export type LookUpFailure = 'not-found' | 'unreachable'

/** TXT records of a name, each put together from its pieces. */
export type LookUpText = (name: string) => Promise<Result<readonly string[], LookUpFailure>>

/** What stands in a file behind a URL. */
export type FetchText = (url: string) => Promise<Result<string, LookUpFailure>>
