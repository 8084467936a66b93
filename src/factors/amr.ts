import type { Proof } from './factor.ts'
import { levelOf } from './level.ts'

/** RFC 8176 §2. A browser that was trusted proves nothing now: it has no name there. */
const methodsOf = (proof: Proof): readonly string[] => {
  switch (proof.factor) {
    case 'password':
      return ['pwd']
    case 'passkey':
      return [proof.synced ? 'swk' : 'hwk', ...(proof.verified ? ['user'] : [])]
    case 'totp':
    case 'backup-code':
      return ['otp']
    case 'email-code':
      // Over a second channel.
      return ['otp', 'mca']
    case 'trusted-browser':
      return []
  }
}

export function amrOf(proofs: readonly Proof[]): string[] {
  const provenNow = proofs.filter(({ factor }) => factor !== 'trusted-browser')
  return [...new Set([...provenNow.flatMap(methodsOf), ...(levelOf(provenNow) === 'aal1' ? [] : ['mfa'])])]
}
