import type { Provider } from 'oidc-provider'
import type { KeySet, KeySnapshot } from '../../keyring/signing/key-set.ts'
import type { Log } from '../../lib/log.ts'
import { type Soon, whenThere } from '../../lib/soon.ts'
import { discoveryOf, type Published } from './discovery.ts'

export interface Engine {
  readonly provider: Provider
  readonly handle: ReturnType<Provider['callback']>
  readonly discovery: Soon<Published>
}

export interface Engines {
  /** With keys that this process can vouch for. Whoever began with one goes on with it. */
  current(): Soon<Engine>
}

interface EnginesDeps {
  readonly keySet: Pick<KeySet, 'fresh'>
  readonly build: (keys: KeySnapshot) => Provider
  /** What there is beside the engine, as discovery names it. */
  readonly beside: Readonly<Record<string, string>>
  readonly log: Log
}

/** The engine takes its keys when it is made, so new keys mean a new engine; requests under way finish on the old one. */
export function createEngines({ keySet, build, beside, log }: EnginesDeps): Engines {
  let made: { readonly version: string; readonly engine: Engine } | undefined

  const make = (keys: KeySnapshot): Engine => {
    const provider = build(keys)
    const made = discoveryOf(provider, beside)
    let discovery: Soon<Published> = made
    made.then(
      (published) => {
        discovery = published
      },
      (error: unknown) => log.error({ err: error }, 'the discovery document could not be made'),
    )
    return {
      provider,
      handle: provider.callback(),
      get discovery() {
        return discovery
      },
    }
  }
  const engineWith = (keys: KeySnapshot): Engine => {
    if (made?.version !== keys.version) made = { version: keys.version, engine: make(keys) }
    return made.engine
  }
  return {
    current: () => whenThere(keySet.fresh(), engineWith),
  }
}
