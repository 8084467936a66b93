import { toBytes, toText } from './bytes.ts'

/** One ceremony at a time: the next one ends the one before, which only waits in a field. */
let running: AbortController | undefined

function begin(): AbortSignal {
  running?.abort()
  running = new AbortController()
  return running.signal
}

interface Descriptor {
  readonly id: string
  readonly transports?: AuthenticatorTransport[]
}

/** What we answer with, of what WebAuthn §5.4 and §5.5 know. */
export interface CreationOptions {
  readonly rp: PublicKeyCredentialRpEntity
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string }
  readonly challenge: string
  readonly timeout: number
  readonly pubKeyCredParams: PublicKeyCredentialParameters[]
  readonly excludeCredentials: readonly Descriptor[]
  readonly authenticatorSelection: AuthenticatorSelectionCriteria
}

export interface RequestOptions {
  readonly rpId: string
  readonly challenge: string
  readonly timeout: number
  readonly userVerification: UserVerificationRequirement
  readonly allowCredentials?: readonly Descriptor[]
}

const described = ({ id, transports = [] }: Descriptor) => ({
  type: 'public-key' as const,
  id: toBytes(id),
  transports,
})

/** For the hidden field of the form. */
export async function makePasskey(options: CreationOptions): Promise<unknown> {
  const { rp, user, pubKeyCredParams, timeout, authenticatorSelection } = options
  const made = await navigator.credentials.create({
    signal: begin(),
    publicKey: {
      rp,
      user: { ...user, id: toBytes(user.id) },
      challenge: toBytes(options.challenge),
      pubKeyCredParams,
      attestation: 'none',
      excludeCredentials: options.excludeCredentials.map(described),
      timeout,
      authenticatorSelection,
    },
  })
  if (!(made instanceof PublicKeyCredential) || !(made.response instanceof AuthenticatorAttestationResponse))
    throw new TypeError('no passkey was made')
  const { response } = made
  return answered(made, {
    attestationObject: toText(response.attestationObject),
    transports: response.getTransports?.() ?? [],
  })
}

/** `conditional`: offered in a field of the page, for as long as it is open. */
export async function usePasskey(
  options: RequestOptions,
  mediation: CredentialMediationRequirement = 'optional',
): Promise<unknown> {
  const { rpId, timeout, userVerification } = options
  const used = await navigator.credentials.get({
    signal: begin(),
    mediation,
    publicKey: {
      challenge: toBytes(options.challenge),
      allowCredentials: (options.allowCredentials ?? []).map(described),
      rpId,
      timeout,
      userVerification,
    },
  })
  if (!(used instanceof PublicKeyCredential) || !(used.response instanceof AuthenticatorAssertionResponse))
    throw new TypeError('no passkey was used')
  const { authenticatorData, signature, userHandle } = used.response
  return answered(used, {
    authenticatorData: toText(authenticatorData),
    signature: toText(signature),
    ...(userHandle && { userHandle: toText(userHandle) }),
  })
}

const answered = ({ id, rawId, type, response }: PublicKeyCredential, own: Readonly<Record<string, unknown>>) => ({
  id,
  rawId: toText(rawId),
  type,
  clientExtensionResults: {},
  response: { clientDataJSON: toText(response.clientDataJSON), ...own },
})
