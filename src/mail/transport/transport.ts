import type { Secret } from '../../lib/secret.ts'

export interface Envelope {
  readonly messageId: string
  readonly date: Date
  readonly to: { readonly address: string; readonly name: string | undefined }
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly attachments?: readonly { readonly name: string; readonly type: string; readonly text: string }[]
}

/** Takes a letter to the mail server. */
export interface Transport {
  /** Answers what the server said. Throws a `MailTrouble`, and nothing else. */
  send(letter: Envelope, signal: AbortSignal): Promise<{ readonly answer: string }>
  close(): void
}

export interface TransportSettings {
  readonly host: string
  readonly port: number
  readonly implicitTls: boolean
  readonly login: { readonly user: string; readonly password: Secret<string> } | undefined
  /** `none`: on this machine, where nobody sits in between. */
  readonly tls: 'required' | 'opportunistic' | 'none'
  /** PEM. */
  readonly authority: string | undefined
  /** What we call ourselves to the server, and behind the @ of a message's id. */
  readonly ownHost: string
  readonly from: { readonly address: string; readonly name: string }
  readonly timeoutMs: number
  readonly connections: number
}
