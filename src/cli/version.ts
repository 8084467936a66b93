import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { programRoot } from '../lib/program.ts'

const manifest = join(programRoot, 'package.json')

export const packageVersion = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(manifest, 'utf8'))).version
