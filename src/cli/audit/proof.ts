import { newestHead, readKeys } from '../../audit/verify/source/store.ts'
import { inInstance } from '../../db/transaction.ts'
import { ExitCode } from '../../errors/exit-code.ts'
import type { CliContext } from '../context.ts'
import type { Output } from '../output.ts'
import { withLog } from './with-log.ts'

/**
 * What is to be kept elsewhere: against it a cut end shows. On standard output it stands alone, to be sent on; nothing does where
 * there is none, or a file would be kept for years that has a sentence in it.
 */
export const head = (context: CliContext): Promise<Output> =>
  withLog(context, ({ owner }) =>
    inInstance(owner, async (tx) => {
      const jws = await newestHead(tx)
      return jws === undefined
        ? {
            text: '',
            aside:
              'No head was signed yet: the server signs the first one within audit.checkpointEvery. Ask again then.',
            json: { head: null },
            exit: ExitCode.tempFail,
          }
        : { text: jws, json: { head: jws } }
    }),
  )

/** A JWKS in both forms: what `audit verify --keys` reads. */
export const keys = (context: CliContext): Promise<Output> =>
  withLog(context, ({ owner }) =>
    inInstance(owner, async (tx) => {
      const json = { keys: (await readKeys(tx)).map(({ public_jwk }) => public_jwk) }
      return { text: JSON.stringify(json, null, 2), json }
    }),
  )
