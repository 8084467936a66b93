import { resolve } from 'node:path'
import { parseYaml } from '../../config/yaml.ts'
import { AppError } from '../../errors/app-error.ts'
import { readBounded } from '../../licenses/files.ts'
import type { OrderDraft } from '../../licenses/issuing/order.ts'

/** What stands in a licence, as flags; each of them stands in a YAML file under the same name. */
export interface OrderFlags {
  readonly from?: string
  readonly issuer?: string
  readonly subject?: string
  readonly licensee?: string
  readonly email?: string
  readonly product?: string
  readonly edition?: string
  readonly feature: readonly string[]
  readonly limit: Readonly<Record<string, number>>
  readonly instance: readonly string[]
  readonly notBefore?: string
  readonly expires?: string
  readonly days?: number
  readonly graceDays?: number
}

const MOST_BYTES = 64 * 1024

/** A flag goes before what the file says. */
export async function draftOf(cwd: string, { from, feature, limit, instance, days, ...flags }: OrderFlags) {
  const file = from === undefined ? {} : await orderFile(resolve(cwd, from))
  const { issuer, subject, licensee, email, product, edition, notBefore, expires, graceDays } = flags
  const own = { issuer, subject, licensee, email, product, edition, notBefore, expires, graceDays, validDays: days }
  const said = Object.entries(own).filter(([, value]) => value !== undefined)
  // Whoever says until when by a flag does not mean the other way that the file says it.
  const { expires: _e, validDays: _v, ...timeless } = file
  const base = expires !== undefined || days !== undefined ? timeless : file
  const limits = typeof file['limits'] === 'object' ? file['limits'] : {}
  return {
    ...base,
    ...Object.fromEntries(said),
    ...(feature.length > 0 && { features: feature }),
    ...(instance.length > 0 && { instance }),
    ...(Object.keys(limit).length > 0 && { limits: { ...limits, ...limit } }),
  } satisfies OrderDraft
}

async function orderFile(path: string): Promise<Record<string, unknown>> {
  const refuse = (detail: string) => new AppError('license-order-invalid', { detail })
  const { root, problems } = parseYaml(await readBounded(path, MOST_BYTES))
  if (problems.length > 0) throw refuse(problems.map(({ line, reason }) => `${path}:${line}: ${reason}`).join('\n'))
  const fields: unknown = root?.toJSON()
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
    throw refuse(`${path}: expected names and values, such as "subject: customer-4711"`)
  return { ...fields }
}
