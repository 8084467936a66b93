import type { Client } from '../clients/client.ts'
import type { Use } from './use.ts'

/** What becomes of the refresh token that a request brought. */
export interface Rotation {
  readonly token: string
  readonly successor: string
  /** `again`: it is not replaced. */
  readonly use: Use | 'again'
  /** The use and the successor are committed: nothing of it is left to write. */
  readonly isDone?: true
}

/**
 * FAPI 2.0 Security Profile §5.3.2.1: where a token is good in the hand of one client alone, to replace it protects nothing more,
 * and whoever loses an answer is thrown out.
 */
export const isUsedAgain = ({ profile, tokenBinding }: Pick<Client, 'profile' | 'tokenBinding'>): boolean =>
  profile === 'fapi2' && tokenBinding !== 'none'
