import type { NoSuchKey, TooYoung } from '../../keyring/signing/service.ts'
import type { Result } from '../../lib/result.ts'
import type { CliContext } from '../context.ts'

export interface ForceOptions {
  readonly force?: true
  readonly yes?: true
}

type Change<T> = (options: { readonly force?: boolean }) => Promise<Result<T, TooYoung | NoSuchKey>>

/**
 * A key that signs before every API has fetched it strands those that keep the keys of yesterday, and nothing tells them: so it is
 * said what will happen, and asked, where it would; where the key is old enough nothing is forced.
 */
export async function forced<T>(
  { confirm }: Pick<CliContext, 'confirm'>,
  { force, yes }: ForceOptions,
  change: Change<T>,
): Promise<Result<T, TooYoung | NoSuchKey> & { readonly isEarly?: true }> {
  const done = await change({})
  if (done.ok || done.error.reason !== 'too-young' || !force) return done
  if (!yes)
    await confirm(
      `The next key may sign from ${done.error.readyAt.toISOString()}. Until then APIs that keep the published keys refuse every new token, until they fetch the keys again; none of them is told.`,
    )
  return { ...(await change({ force: true })), isEarly: true }
}

/** For whoever did it, beside what was done. */
export const EARLY = [
  'It signs before it was published for long: an API that refuses new tokens now has the keys of before.',
  'Let it fetch them again (/oauth/jwks), or restart it. The tokens from before stay valid.',
].join('\n')
