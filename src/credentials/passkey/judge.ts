import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import { toBase64url } from '../../lib/base64url.ts'
import { algorithms } from './algorithms.ts'
import type { ClientData, EnrolmentAnswer, ProofAnswer } from './answer.ts'
import type { RelyingParty } from './relying-party.ts'

export interface NewCredential {
  readonly credentialId: Buffer
  readonly publicKey: Buffer
  readonly signCount: number
  readonly backupEligible: boolean
  readonly backedUp: boolean
  readonly aaguid: string
}

interface Judged<T> {
  readonly party: RelyingParty
  readonly client: ClientData
  readonly answer: T
}

/** With the first answer that is judged: parsers of every attestation that there is, which a start has no use for. */
const library = () => import('@simplewebauthn/server')

/** The library lets an answer out of a frame pass where the browser does not name the page around it. */
function assertUnframed({ isFramed }: ClientData): void {
  if (isFramed) throw new Error('the ceremony was held in a frame')
}

/**
 * WebAuthn §7.1. The library throws a plain error for every step that fails; all of them are one refusal to whoever comes,
 * and a line in the log for the operator, who may have named a wrong origin.
 */
export async function judgeEnrolment({ party, client, answer }: Judged<EnrolmentAnswer>): Promise<NewCredential> {
  assertUnframed(client)
  const { verifyRegistrationResponse } = await library()
  const { verified, registrationInfo: made } = await verifyRegistrationResponse({
    response: answer,
    expectedChallenge: client.challenge,
    expectedOrigin: [...party.origins],
    expectedRPID: party.id,
    // Preferred, as it was asked: a key without a PIN is a second factor, and no sign-in takes it for more.
    requireUserVerification: false,
    supportedAlgorithmIDs: [...algorithms],
  })
  if (!verified) throw new Error('the attestation does not verify')
  if (made.credential.id !== answer.id) throw new Error('the answer names another credential than the authenticator')
  return {
    credentialId: Buffer.from(made.credential.id, 'base64url'),
    publicKey: Buffer.from(made.credential.publicKey),
    signCount: made.credential.counter,
    backupEligible: made.credentialDeviceType === 'multiDevice',
    backedUp: made.credentialBackedUp,
    aaguid: made.aaguid,
  }
}

export interface KnownCredential {
  readonly credentialId: Buffer
  readonly publicKey: Buffer
  readonly backupEligible: boolean
}

export interface ProofMade {
  readonly signCount: number
  readonly verified: boolean
  readonly backedUp: boolean
}

/** WebAuthn §7.2, without the counter: what is right but for the counter is news to the owner, so it is looked at afterwards. */
export async function judgeProof(
  { party, client, answer }: Judged<ProofAnswer>,
  known: KnownCredential,
): Promise<ProofMade> {
  assertUnframed(client)
  const { verifyAuthenticationResponse } = await library()
  const { verified, authenticationInfo: made } = await verifyAuthenticationResponse({
    response: asLibraryKnowsIt(answer),
    expectedChallenge: client.challenge,
    expectedOrigin: [...party.origins],
    expectedRPID: party.id,
    credential: { id: toBase64url(known.credentialId), publicKey: Uint8Array.from(known.publicKey), counter: 0 },
    requireUserVerification: false,
  })
  if (!verified) throw new Error('the signature does not verify')
  // §7.2 step 19: what may be copied, and what may not, stays so for the life of a credential.
  if ((made.credentialDeviceType === 'multiDevice') !== known.backupEligible)
    throw new Error('the authenticator says otherwise than before whether the credential may be backed up')
  return { signCount: made.newCounter, verified: made.userVerified, backedUp: made.credentialBackedUp }
}

const asLibraryKnowsIt = ({ response, ...answer }: ProofAnswer): AuthenticationResponseJSON => {
  const { userHandle, ...rest } = response
  return { ...answer, response: { ...rest, ...(userHandle && { userHandle }) } }
}
