import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../lib/hash.ts'
import { programRoot } from '../lib/program.ts'

export interface Asset {
  /** The name holds the content's hash, so the address of a content never changes and may be kept for ever. */
  readonly href: `/assets/${string}`
  readonly contentType: string
  readonly body: string
}

const read = (file: string): string => readFileSync(join(programRoot, 'assets', file), 'utf8')

function asset(name: string, extension: string, contentType: string, body: string): Asset {
  const hash = sha256(body).toString('hex').slice(0, 12)
  return { href: `/assets/${name}.${hash}.${extension}`, contentType, body }
}

const sheets = ['tokens', 'base', 'page', 'form', 'content', 'sections', 'factors', 'devices', 'applications'] as const

/** One sheet over the wire: in files for the reader, joined for the browser. */
export const stylesheet = asset(
  'hearthkey',
  'css',
  'text/css; charset=utf-8',
  sheets.map((sheet) => read(`styles/${sheet}.css`)).join('\n'),
)

/** Compiled and kept (`npm run docs`): neither a start nor an image needs a compiler. */
export const newPasswordScript = asset(
  'new-password',
  'js',
  'text/javascript; charset=utf-8',
  read('islands/new-password.js'),
)

export const keepScript = asset('keep', 'js', 'text/javascript; charset=utf-8', read('islands/keep.js'))

const script = (name: string) => asset(name, 'js', 'text/javascript; charset=utf-8', read(`islands/${name}.js`))

export const passkeyScript = script('passkey')
export const passkeyCapableScript = script('passkey-capable')
export const passkeySignalsScript = script('passkey-signals')
export const sendOnScript = script('send-on')

export const favicon = asset('favicon', 'svg', 'image/svg+xml', read('favicon.svg'))

export const assets: readonly Asset[] = [
  stylesheet,
  newPasswordScript,
  keepScript,
  passkeyScript,
  passkeyCapableScript,
  passkeySignalsScript,
  sendOnScript,
  favicon,
]
