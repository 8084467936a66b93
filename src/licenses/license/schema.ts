import { z } from 'zod'
import { licenseClaims } from './claims.ts'

/** The claims of a licence for whoever reads or makes one with other tools: docs/license.schema.json. */
export const licenseSchema = (): string =>
  `${JSON.stringify({ ...z.toJSONSchema(licenseClaims, { io: 'input' }), title: 'license+jwt' }, null, 2)}\n`
