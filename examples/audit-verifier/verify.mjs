// Verifies an exported log of Hearthkey. Written from docs/guides/audit-log.md alone: nothing of Hearthkey is imported here.
//   node verify.mjs log.ndjson [--head kept.jws] [--keys kept-jwks.json]
import { createHash, createPublicKey, verify } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'

class Wrong extends Error {}
const wrong = (what) => {
  throw new Wrong(what)
}

const sha256 = (text) => createHash('sha256').update(text, 'utf8').digest('hex')

/** RFC 8785: in JavaScript, sorted names are all that JSON.stringify leaves to do. */
function canonical(value) {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const members = Object.keys(value).sort()
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`
}

const linkHash = (seq, before, id, time, org, entryHash) =>
  sha256(canonical(['hearthkey-audit-1', seq, before, id, time, org, entryHash]))

const keys = new Map()

function addKey({ kid, x }, isTrusted) {
  if (sha256OfJwk(x) !== kid) wrong(`key ${kid}: its name is not its thumbprint`)
  const known = keys.get(kid)
  if (known && known.x !== x) wrong(`key ${kid}: not the one that is trusted`)
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  keys.set(kid, { x, publicKey, isTrusted: isTrusted || known?.isTrusted === true })
}

const sha256OfJwk = (x) =>
  createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url')

function open(jws, typ) {
  const [header, payload, signature, ...more] = jws.split('.')
  if (!signature || more.length > 0) wrong('not a JWS')
  for (const part of [header, payload, signature])
    if (Buffer.from(part, 'base64url').toString('base64url') !== part) wrong('a JWS in another spelling')
  const { alg, typ: type, kid } = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'))
  const key = keys.get(kid) ?? wrong(`signed by an unknown key: ${kid}`)
  const isRight = verify(null, Buffer.from(`${header}.${payload}`), key.publicKey, Buffer.from(signature, 'base64url'))
  if (alg !== 'EdDSA' || type !== typ || !isRight) wrong(`a signature by ${kid} is not right`)
  return { kid, key, payload: JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) }
}

const openHead = (jws) => open(jws, 'hearthkey-audit+jwt')

export async function verifyLog(path, { heads = [], trusted } = {}) {
  keys.clear()
  const [missing, upTo] = [[], new Map()]
  const kept = new Map()
  let [log, lastKey, opened, newest, odd] = [undefined, undefined, false, undefined, undefined]
  let compared = 0
  let [seq, hash, signed, entries, linksUpTo, holes] = [0, '0'.repeat(64), 0, 0, 0, 0]
  for (const key of trusted ?? []) addKey(key, true)

  const compare = () => {
    if (!kept.has(seq)) return
    compared++
    if (kept.get(seq) !== hash) wrong(`entry ${seq}: the kept head says another hash`)
  }
  const takeKey = (line) => {
    if (line.endorsement === null) {
      if (lastKey) wrong(`key ${line.kid}: not endorsed`)
      addKey(line, false)
    } else {
      const by = open(line.endorsement, 'hearthkey-audit-key+jwt')
      const isOurs = by.payload.kid === line.kid && by.payload.x === line.x
      if (!isOurs || (lastKey && by.kid !== lastKey)) wrong(`key ${line.kid}: endorsed by none before it`)
      addKey(line, by.key.isTrusted)
    }
    lastKey = line.kid
  }
  const takePlace = (line, { id, time, org }) => {
    if (line.seq <= seq) wrong(`entry ${line.seq}: twice, or moved`)
    if (log.complete && line.seq !== seq + 1) wrong(`entry ${seq + 1}: not in its place, there is ${line.seq}`)
    if (line.entry && sha256(canonical(line.entry)) !== line.entryHash) wrong(`entry ${line.seq} (${id}): changed`)
    if (line.seq === seq + 1 && linkHash(line.seq, hash, id, time, org, line.entryHash) !== line.hash)
      wrong(`entry ${line.seq} (${id}): its hash does not follow from the one before`)
    const follows = line.seq === seq + 1
    seq = line.seq
    hash = line.hash
    if (follows || log.complete) compare()
  }
  const takeEntry = (line) => {
    const { entry } = line
    takePlace(line, entry)
    entries++
    if (entry.action !== 'audit.pruned') return
    const { upTo: said, linksUpTo: links = 0 } = entry.after ?? {}
    const isBelieved = entry.actor.kind === 'system' && entry.actor.id === 'audit.prune'
    if (!isBelieved || ![said, links].every((one) => Number.isSafeInteger(one) && one >= 0 && one < seq)) {
      odd ??= `entry ${seq} (${entry.id}): an audit.pruned that no retention wrote`
      return
    }
    upTo.set(entry.org, Math.max(upTo.get(entry.org) ?? 0, said))
    if (entry.org === null) linksUpTo = Math.max(linksUpTo, links)
  }
  const takeCheckpoint = ({ jws }) => {
    const { key, payload } = openHead(jws)
    if (payload.first !== signed + 1) wrong(`entry ${payload.first - 1}: the head of its segment is not there`)
    if (seq === signed && holes === signed) {
      // Nothing came before it but heads: a segment whose links are gone.
      holes = payload.seq
      seq = payload.seq
      hash = payload.head
      compare()
    }
    if (payload.seq !== seq) wrong(`entry ${seq + 1}: not there, but a head was signed at ${payload.seq}`)
    if (payload.head !== hash) wrong(`entry ${seq}: the signed head says another hash`)
    signed = seq
    newest = key
  }
  const openKept = () => {
    for (const jws of heads) {
      const { payload } = openHead(jws)
      kept.set(payload.seq, payload.head)
    }
    opened = true
  }

  let number = 0
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    number++
    try {
      const line = JSON.parse(text)
      if (!log && line.type !== 'log') wrong('no log')
      if (line.type === 'log') log = line
      else if (line.type === 'key') takeKey(line)
      else {
        if (!opened) openKept()
        if (line.type === 'entry') takeEntry(line)
        else if (line.type === 'checkpoint') takeCheckpoint(line)
        else if (line.type === 'link') {
          takePlace(line, line)
          if (line.entryHash === sha256(canonical(['hearthkey-audit-unreadable', line.id])))
            odd ??= `entry ${seq} (${line.id}): it could not be read when it was put into the chain`
          else missing.push({ seq, org: line.org })
        } else wrong(`unknown line: ${line.type}`)
      }
    } catch (error) {
      return {
        right: false,
        line: number,
        what: error instanceof Wrong ? error.message : `cannot be read: ${error.message}`,
      }
    }
  }
  try {
    if (!log) wrong('no log')
    if (!opened) openKept()
    const furthest = Math.max(0, ...kept.keys())
    if (log.complete && furthest > seq)
      wrong(`entry ${seq + 1}: the end was cut off, a kept head was signed at ${furthest}`)
    const uncovered = missing.find(({ seq: gone, org }) => gone > (upTo.get(org) ?? 0))
    if (uncovered) wrong(`entry ${uncovered.seq}: gone, and no audit.pruned says so`)
    if (holes > linksUpTo) wrong(`entry ${linksUpTo + 1}: gone with its link, and no audit.pruned says so`)
    if (trusted && !newest) wrong('nothing in it was signed by a trusted key')
    if (trusted && !newest.isTrusted) wrong('the newest head was not signed by a trusted key')
    if (heads.length > 0 && compared === 0) wrong('no kept head could be compared')
    if (odd) wrong(odd)
  } catch (error) {
    return { right: false, what: error.message }
  }
  return { right: true, entries, last: seq, signed, complete: log.complete }
}

if (import.meta.main) {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { head: { type: 'string' }, keys: { type: 'string' } },
  })
  const heads = values.head ? readFileSync(values.head, 'utf8').trim().split(/\s+/) : []
  const trusted = values.keys ? JSON.parse(readFileSync(values.keys, 'utf8')).keys : undefined
  const found = await verifyLog(positionals[0] ?? '', { heads, trusted })
  process.stdout.write(`${JSON.stringify(found)}\n`)
  process.exitCode = found.right ? 0 : 1
}
