import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { type PlacesFile, readPlacesFile, versionOf } from './file.ts'
import type { Place } from './ports.ts'

export interface Places {
  /** For whoever serves: throws `geo-file-unusable` where the operator named a file that is none. */
  load(): Promise<void>
  /** Never waits. Undefined where nothing was loaded, or nothing is known. */
  of(ip: string): Place | undefined
}

interface PlacesDeps {
  /** Without one there are no places. */
  readonly file: string | undefined
  readonly clock: Clock
  readonly log: Log
}

/** How often somebody who looks up a place makes us look whether the file is another one by now. */
const LOOK_MS = 60_000

/**
 * Such files are published anew every few days, and copied over the old one by a job of the operator's: it is read again when it
 * has changed. One that turns out to be broken then ends nothing: what was known before is still about right.
 */
export function createPlaces({ file, clock, log }: PlacesDeps): Places {
  let loaded: PlacesFile | undefined
  let lookedAt = Number.NEGATIVE_INFINITY
  let refused: string | undefined
  let looking = false

  const lookAgain = async (path: string) => {
    try {
      const version = await versionOf(path)
      if (version === loaded?.version || version === refused) return
      refused = version
      loaded = await readPlacesFile(path)
      refused = undefined
      log.info({ kind: loaded.kind, builtAt: loaded.builtAt }, 'the file of places was read again')
    } catch (error) {
      log.warn({ err: error }, 'the file of places has changed and cannot be used: the one before it is still in use')
    } finally {
      looking = false
    }
  }

  return {
    load: async () => {
      if (file === undefined) return
      loaded = await readPlacesFile(file)
      lookedAt = clock.now().getTime()
    },
    of: (ip) => {
      if (file === undefined || !loaded) return undefined
      const now = clock.now().getTime()
      if (!looking && now - lookedAt >= LOOK_MS) {
        looking = true
        lookedAt = now
        void lookAgain(file)
      }
      return loaded.placeOf(ip)
    },
  }
}
