import { AppError } from '../../errors/app-error.ts'
import { readPlacesFile } from '../../places/file.ts'
import { type Check, failure, fine, warning } from './finding.ts'

const DAY_MS = 24 * 3_600_000
/** Addresses move: after some months a good part of what such a file says is wrong. */
const OLD_DAYS = 90

/** Whether people see the right place where they are signed in. */
export const placesCheck: Check = {
  subject: 'places',
  examine: async ({ config: { geo } }) => {
    if (geo.file === undefined) return [fine('no file of places is set: people see addresses alone')]
    try {
      const { kind, builtAt } = await readPlacesFile(geo.file)
      const days = Math.floor((Date.now() - builtAt.getTime()) / DAY_MS)
      const said = `the file of places (${kind}) was built ${builtAt.toISOString().slice(0, 10)}, ${days} days ago`
      return [days > OLD_DAYS ? warning(said, 'Download it anew; a running server notices by itself.') : fine(said)]
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return [failure(`the file of places cannot be used: ${error.message}`, error.cure)]
    }
  },
}
