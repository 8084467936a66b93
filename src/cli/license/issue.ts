import { resolve } from 'node:path'
import { refuseTaken, writeNew } from '../../licenses/files.ts'
import { planLicense } from '../../licenses/issuing/order.ts'
import type { SigningKey } from '../../licenses/issuing/private-key.ts'
import { signed } from '../../licenses/issuing/private-key.ts'
import { enter } from '../../licenses/issuing/register.ts'
import { LICENSE_TYPE, type License } from '../../licenses/license/claims.ts'
import type { CliContext } from '../context.ts'
import type { Output } from '../output.ts'
import { describeLicense } from './describe.ts'
import { draftOf, type OrderFlags } from './order-flags.ts'
import { orderRefused } from './refusal.ts'
import { unlockedKey } from './signing-key.ts'

export interface IssueOptions extends OrderFlags {
  readonly key: string
  readonly register: string
  readonly out?: string
}

/** In the register before it is anywhere else: no licence is out there that its vendor does not know of. */
export async function issueOne(key: SigningKey, register: string, license: License): Promise<string> {
  const text = signed(key, LICENSE_TYPE, license)
  await enter(register, { issued: license, kid: key.kid, license: text })
  return text
}

export async function issue(context: CliContext, options: IssueOptions): Promise<Output> {
  const { cwd, clock } = context
  const plan = planLicense(await draftOf(cwd, options), clock.now())
  if (!plan.ok) throw orderRefused(plan.error)
  const file = options.out === undefined ? undefined : resolve(cwd, options.out)
  if (file !== undefined) await refuseTaken(file)
  const key = await unlockedKey(context, options.key)
  const text = await issueOne(key, resolve(cwd, options.register), plan.value)
  if (file === undefined) return { text, json: { license: text, claims: plan.value } }
  await writeNew(file, `${text}\n`)
  return {
    text: `${describeLicense(plan.value)}\n\nIt is in ${file}.`,
    json: { license: text, claims: plan.value, file },
  }
}
