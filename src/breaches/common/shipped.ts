import { join } from 'node:path'
import { programRoot } from '../../lib/program.ts'

/** Made by `scripts/common-passwords.ts`. */
export const shippedFilter = join(programRoot, 'assets', 'common-passwords.filter')
