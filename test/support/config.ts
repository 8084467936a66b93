import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Config, loadConfig } from '../../src/config/config.ts'

/** By what a test gives: to judge it took a twentieth of a test of the whole app. What stands in a file is read each time. */
const judged = new Map<string, Config>()

/** For a connection to the database: a busy machine turns nobody away with whom a test has other plans. */
export const PATIENT_MS = 30_000
/** Where nobody has said anything else. */
const USUAL_MS = 1500

/** The real configuration, from nothing but what the test gives. */
export function testConfig(env: Record<string, string> = {}): Config {
  const load = () => {
    const { config } = loadConfig({
      env: { ISSUER_URL: 'http://localhost:3000', ...env },
      cwd: join(tmpdir(), 'hearthkey-no-such-directory'),
    })
    const { connectionWait } = config.database
    return connectionWait === USUAL_MS
      ? { ...config, database: { ...config.database, connectionWait: PATIENT_MS } }
      : config
  }
  if (Object.keys(env).some((name) => name.endsWith('_FILE'))) return load()
  const given = JSON.stringify(Object.entries(env).sort())
  const config = judged.get(given) ?? frozen(load())
  judged.set(given, config)
  return config
}

/** Other tests get the same one. */
function frozen<T>(value: T): T {
  const isPlain = Array.isArray(value) || (typeof value === 'object' && value?.constructor === Object)
  if (isPlain) for (const part of Object.values(Object.freeze(value) ?? {})) frozen(part)
  return value
}
