import type { OrgTx } from '../../db/transaction.ts'
import { isVerifiedDomain } from '../domains/store.ts'
import type { Organisation } from '../org.ts'
import type { ReadAddress } from '../ports.ts'

/** Whether the organisation's policy lets somebody with this address in. That the address is theirs is for the caller to know. */
export type AdmitsAddress = (tx: OrgTx, organisation: Organisation, address: string) => Promise<boolean>

export const admission =
  (readAddress: ReadAddress): AdmitsAddress =>
  async (tx, { id, policy }, email) => {
    if (policy.membersFrom !== 'verified-domains') return true
    const address = readAddress(email)
    return address.ok && (await isVerifiedDomain(tx, id, address.value.domain))
  }
