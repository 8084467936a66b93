import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** The same distance from `src/` and from `dist/`. */
const manifest = new URL('../../package.json', import.meta.url)

export const packageVersion = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(manifest, 'utf8'))).version
