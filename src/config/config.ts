import { type Environment, readEnvironment } from './environment.ts'
import { readConfigFile } from './file.ts'
import { judge } from './judge.ts'
import { configInvalid } from './problem.ts'
import { type Parsed, settings } from './schema.ts'
import { DEFAULT, type Given, type Source } from './source.ts'

/** What the program runs by: complete, absolute, frozen. */
export type Config = Parsed & { readonly server: { readonly issuerUrl: string } }

export interface LoadedConfig {
  readonly config: Config
  /** The file that was read, if any. */
  readonly file: string | undefined
  /** By key: where each value came from. */
  readonly sources: ReadonlyMap<string, Source>
}

interface Surroundings {
  readonly env: Environment
  readonly cwd: string
}

/** Environment over file over default. Throws one `config-invalid` that names every problem. */
export function loadConfig({ env, cwd }: Surroundings): LoadedConfig {
  const environment = readEnvironment(env, settings, cwd)
  const file = readConfigFile(env, settings, cwd)
  const given = new Map([...defaultPaths(cwd), ...file.given, ...environment.given])
  const { parsed, problems } = judge(given)
  // Where the file broke off, nothing is said of what it may have gone on to set.
  const certain = file.complete ? problems : problems.filter(({ source }) => source?.from === 'environment')
  const all = [...file.problems, ...environment.problems, ...certain]
  if (all.length > 0 || !parsed) throw configInvalid(all)
  const sources = new Map(settings.map(({ key }) => [key, given.get(key)?.source ?? DEFAULT]))
  return { config: complete(parsed), file: file.path, sources }
}

/** The schema knows no working directory: a default path is handed to it like one that was written. */
const defaultPaths = (cwd: string): [string, Given][] =>
  settings
    .filter(({ form, fallback }) => form.isPath && fallback !== undefined)
    .map(({ key, fallback }) => [key, { raw: fallback, source: DEFAULT, base: cwd }])

function complete({ server, ...others }: Parsed): Config {
  const issuerUrl = server.issuerUrl ?? `${server.tls ? 'https' : 'http'}://localhost:${server.port}`
  return Object.freeze({ ...others, server: Object.freeze({ ...server, issuerUrl }) })
}
