import { z } from 'zod'
import { fromBase64url } from '../../lib/base64url.ts'

/** Larger than any authenticator answers, and what is decoded afterwards is bounded with it. */
const bytes = (most: number) =>
  z
    .string()
    .min(1)
    .max(Math.ceil((most * 4) / 3))
    .refine((text) => fromBase64url(text) !== undefined)

const credentialId = bytes(1023)
const transports = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const

export const knownTransports = (named: readonly string[]) => transports.filter((known) => named.includes(known))

const credential = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  clientExtensionResults: z.object({}).default({}),
})

const enrolmentAnswer = credential.extend({
  response: z.object({
    clientDataJSON: bytes(4096),
    attestationObject: bytes(16_384),
    // A hint for the browser: one that we do not know helps nobody, and breaks nothing.
    transports: z.array(z.string()).max(20).default([]).transform(knownTransports),
  }),
})
export type EnrolmentAnswer = z.output<typeof enrolmentAnswer>

const proofAnswer = credential.extend({
  response: z.object({
    clientDataJSON: bytes(4096),
    authenticatorData: bytes(4096),
    signature: bytes(8192),
    userHandle: bytes(64).nullish(),
  }),
})
export type ProofAnswer = z.output<typeof proofAnswer>

/** WebAuthn §5.8.1: of what the browser signs along, what is looked at before the library looks at the rest. */
const clientData = z.object({
  challenge: bytes(1024),
  crossOrigin: z.unknown().optional(),
  topOrigin: z.unknown().optional(),
})

/** As a form carries it, in one field, or as it was parsed already. */
function parsed<T extends z.ZodType>(schema: T, given: unknown): z.output<T> | undefined {
  const value = typeof given === 'string' ? parseJson(given) : given
  return schema.safeParse(value).data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const readEnrolment = (given: unknown): EnrolmentAnswer | undefined => parsed(enrolmentAnswer, given)
export const readProof = (given: unknown): ProofAnswer | undefined => parsed(proofAnswer, given)

export interface ClientData {
  readonly challenge: string
  /** Nothing of ours stands in a frame: whatever says that it does was not made by our pages. */
  readonly isFramed: boolean
}

export function clientDataIn({ response }: EnrolmentAnswer | ProofAnswer): ClientData | undefined {
  const text = fromBase64url(response.clientDataJSON)?.toString('utf8')
  const data = text === undefined ? undefined : parsed(clientData, text)
  if (!data) return undefined
  const { challenge, crossOrigin = false, topOrigin } = data
  return { challenge, isFramed: crossOrigin !== false || topOrigin !== undefined }
}
