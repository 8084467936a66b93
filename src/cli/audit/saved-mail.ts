const quotedPrintable = /^content-transfer-encoding:\s*quoted-printable/im
/** RFC 2045, 6.7: a line that ends like this goes on in the next. */
const softBreak = /=[ \t]*\r?\n/g
/** Lines of a part in base64, the last of which may be short. */
const base64Lines = /^(?:[A-Za-z0-9+/]{60,76}\r?\n)*[A-Za-z0-9+/]{4,76}={0,2}\r?$/gm

/**
 * The texts that a kept file holds: itself, and of a letter as mail programs save it (.eml, mbox) the parts behind their
 * encoding. The broken lines of such a part are no text of their own: half of a head would look like one that was changed.
 */
export function textsIn(file: string): string[] {
  if (!/^content-type:/im.test(file)) return [file]
  const whole = quotedPrintable.test(file) ? file.replaceAll(softBreak, '') : file
  return [whole, ...(file.match(base64Lines) ?? []).map((part) => Buffer.from(part, 'base64').toString('utf8'))]
}
