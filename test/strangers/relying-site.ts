import { cookieJar } from './cookie-jar.ts'

type Answerer = (request: Request) => Promise<Response>

/** The browser of somebody at a site that signs people in with us: its cookies are the site's, and it follows nothing by itself. */
export type Visitor = (to: string | URL, form?: Readonly<Record<string, string>>) => Promise<Response>

/** Of a site on the network; one without a server is handed in as what answers. */
export function visitorOf(origin: string, answer: Answerer = (request) => fetch(request)): Visitor {
  const jar = cookieJar()
  return async (to, form) => {
    const url = new URL(to, origin)
    const cookie = jar.headerFor(url)
    const headers = { accept: 'text/html', ...(cookie !== undefined && { cookie }) }
    const body = form && { method: 'POST', body: new URLSearchParams(form) }
    const answered = await answer(new Request(url, { redirect: 'manual', headers, ...body }))
    jar.keep(answered)
    return answered
  }
}

/** Where an answer sends the browser. */
export function sentTo(answer: Response, origin?: string): URL {
  const location = answer.headers.get('location')
  if (location === null) throw new Error(`sent nowhere: ${answer.status}`)
  return new URL(location, origin)
}
