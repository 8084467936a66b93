interface Kept {
  readonly name: string
  readonly value: string
  readonly path: string
}

/** The cookies of one host, as a browser keeps them: each goes back to its own path and to no other (RFC 6265 §5). */
export interface CookieJar {
  keep(answer: Response): void
  /** What the browser sends to `url`; undefined where that is nothing. */
  headerFor(url: URL): string | undefined
}

export function cookieJar(): CookieJar {
  const kept = new Map<string, Kept>()
  return {
    keep: (answer) => {
      for (const line of answer.headers.getSetCookie()) {
        const { cookie, isGone } = parse(line)
        const key = `${cookie.name};${cookie.path}`
        if (isGone) kept.delete(key)
        else kept.set(key, cookie)
      }
    },
    headerFor: ({ pathname }) => {
      const fitting = [...kept.values()].filter(({ path }) => covers(path, pathname))
      // The longer path first: that is the order in which browsers send two cookies of one name.
      fitting.sort((a, b) => b.path.length - a.path.length)
      return fitting.map(({ name, value }) => `${name}=${value}`).join('; ') || undefined
    },
  }
}

const covers = (path: string, pathname: string) =>
  pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`)

function parse(line: string): { cookie: Kept; isGone: boolean } {
  const [pair = '', ...rest] = line.split(/;\s*/)
  const attributes = new Map(rest.map((each) => halves(each)).map(([name, value]) => [name.toLowerCase(), value]))
  const [name, value] = halves(pair)
  const expires = attributes.get('expires')
  const isGone = attributes.get('max-age') === '0' || (expires !== undefined && new Date(expires) <= new Date())
  return { cookie: { name, value, path: attributes.get('path') ?? '/' }, isGone }
}

function halves(text: string): [string, string] {
  const at = text.indexOf('=')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
