import { z } from 'zod'

/** Where it failed, in one word of ours. */
export type TroubleReason =
  | 'dns'
  | 'refused'
  | 'unreachable'
  | 'timeout'
  | 'tls'
  | 'login'
  | 'sender'
  | 'recipient'
  | 'content'
  | 'later'
  | 'protocol'

/**
 * What may be kept and logged of a failure. Servers quote the address, and filters the link, in their answers: so of an
 * answer its codes alone stay, and the library's error is not handed on as a cause.
 */
export class MailTrouble extends Error {
  override readonly name = 'MailTrouble'
  readonly reason: TroubleReason
  /** The server will say the same tomorrow: this letter to this address is refused for good. */
  readonly isFinal: boolean
  /** For the operator who tries it out with an address of their own, and for nobody else. */
  readonly answer: string | undefined

  constructor(
    reason: TroubleReason,
    { codes, isFinal, answer }: { codes?: string; isFinal?: boolean; answer?: string } = {},
  ) {
    super(codes ? `${reason} ${codes}` : reason)
    this.reason = reason
    this.isFinal = isFinal ?? false
    this.answer = answer
  }
}

const libraryError = z.object({
  message: z.string(),
  code: z.string().optional().catch(undefined),
  originalCode: z.string().optional().catch(undefined),
  command: z.string().optional().catch(undefined),
  response: z.string().optional().catch(undefined),
  responseCode: z.number().optional().catch(undefined),
  permanent: z.boolean().optional().catch(undefined),
})
type LibraryError = z.infer<typeof libraryError>

export function troubleOf(thrown: unknown): MailTrouble {
  const parsed = libraryError.safeParse(thrown)
  if (!parsed.success) return new MailTrouble('protocol')
  const error = parsed.data
  const reason = reasonOf(error)
  const isFinal = error.permanent === true && (reason === 'recipient' || reason === 'content')
  return new MailTrouble(reason, { codes: codesIn(error), isFinal, answer: error.response ?? error.message })
}

const noName = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ENODATA', 'EAI_FAIL'])
const noService = new Set(['ECONNREFUSED'])
const byCode: Readonly<Record<string, TroubleReason>> = {
  EDNS: 'dns',
  ETLS: 'tls',
  EREQUIRETLS: 'tls',
  ETIMEDOUT: 'timeout',
  EABORT: 'timeout',
  EAUTH: 'login',
  ENOAUTH: 'login',
  ECONNECTION: 'unreachable',
  ESOCKET: 'unreachable',
}

function reasonOf({
  code = '',
  originalCode = '',
  command = '',
  responseCode,
  permanent,
}: LibraryError): TroubleReason {
  if ([code, originalCode].some((word) => noName.has(word))) return 'dns'
  if ([code, originalCode].some((word) => noService.has(word))) return 'refused'
  if (isAboutTls(originalCode) || isAboutTls(code)) return 'tls'
  if (responseCode === undefined || code === 'EAUTH' || code === 'ETLS') return byCode[code] ?? 'protocol'
  if (permanent !== true) return 'later'
  // 530 and 535 belong to the login, whichever command they answer.
  if (responseCode === 530 || responseCode === 535) return 'login'
  if (command === 'MAIL FROM') return 'sender'
  if (command === 'RCPT TO') return 'recipient'
  return command === 'DATA' ? 'content' : 'protocol'
}

/** OpenSSL's own codes, as Node hands them on. */
const isAboutTls = (code: string): boolean => /CERT|SIGNATURE|ISSUER|^ERR_(TLS|SSL)/.test(code)

/** `550 5.1.1`: the reply code and, behind it, RFC 3463. */
function codesIn({ responseCode, response = '' }: LibraryError): string {
  if (responseCode === undefined) return ''
  const enhanced = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1]
  return enhanced ? `${responseCode} ${enhanced}` : String(responseCode)
}
