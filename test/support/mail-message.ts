import type { SMTPServerEnvelope } from 'smtp-server'

export interface CapturedMail {
  /** Who the transport said it is from and to (the envelope): what decides delivery, whatever the headers show. */
  readonly from: string
  readonly to: readonly string[]
  /** Unfolded and still encoded (RFC 2047); empty when the mail has no such header. */
  header(name: string): string
  readonly text: string
  readonly html: string
  readonly source: string
}

interface Part {
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** The source as latin1: one character a byte, so that a part's bytes survive until its charset is known. */
function split(source: string): Part {
  const end = source.indexOf('\r\n\r\n')
  const head = (end < 0 ? source : source.slice(0, end)).replaceAll(/\r\n[ \t]+/g, ' ')
  const headers = head.split('\r\n').map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  })
  return { headers: new Map(headers), body: end < 0 ? '' : source.slice(end + 4) }
}

const typeOf = (part: Part) => part.headers.get('content-type') ?? 'text/plain'

function leaves(part: Part): Part[] {
  const boundary = /^multipart\/.*boundary="?([^";]+)/i.exec(typeOf(part))?.[1]
  if (boundary === undefined) return [part]
  const inner = part.body.split(`--${boundary}`).slice(1, -1)
  return inner.flatMap((source) => leaves(split(source.replace(/^\r\n/, '').replace(/\r\n$/, ''))))
}

function bytesOf(part: Part): Buffer {
  const encoding = part.headers.get('content-transfer-encoding')?.toLowerCase()
  if (encoding === 'base64') return Buffer.from(part.body, 'base64')
  if (encoding !== 'quoted-printable') return Buffer.from(part.body, 'latin1')
  const byte = (_: string, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))
  return Buffer.from(part.body.replaceAll('=\r\n', '').replaceAll(/=([0-9A-F]{2})/gi, byte), 'latin1')
}

const contentOf = (parts: Part[], type: string) => {
  const part = parts.find((candidate) => typeOf(candidate).toLowerCase().startsWith(type))
  return part === undefined ? '' : bytesOf(part).toString('utf8').replaceAll('\r\n', '\n')
}

/**
 * Enough of MIME for what our own transport writes, in tests alone: text and HTML in UTF-8, nested alternatives,
 * quoted-printable and base64. No encoded words, no other charset; a mail from elsewhere needs a real parser.
 */
export function readMail(source: Buffer, envelope: SMTPServerEnvelope): CapturedMail {
  const whole = split(source.toString('latin1'))
  const parts = leaves(whole)
  return {
    from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
    to: envelope.rcptTo.map(({ address }) => address),
    header: (name) => whole.headers.get(name.toLowerCase()) ?? '',
    text: contentOf(parts, 'text/plain'),
    html: contentOf(parts, 'text/html'),
    source: source.toString('utf8'),
  }
}
