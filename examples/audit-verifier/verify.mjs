// Verifies an exported log of Hearthkey. Written from docs/guides/audit-log.md alone: nothing of Hearthkey is imported here.
//   node verify.mjs log.ndjson [--head kept.jws] [--keys kept-jwks.json]
import { createHash, createPublicKey, verify } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
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
/** As the log names them, each behind the one that endorses it: from then on that one signs nothing more. */
const named = []

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

/** A line ends at \n and nowhere else: to Node's readline it does at U+2028 as well, which may stand within a name. */
async function* linesOf(path) {
  let rest = []
  for await (const chunk of createReadStream(path)) {
    let begin = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, begin)) {
      yield Buffer.concat([...rest, chunk.subarray(begin, end)]).toString('utf8')
      rest = []
      begin = end + 1
    }
    rest.push(chunk.subarray(begin))
  }
  const last = Buffer.concat(rest).toString('utf8')
  if (last !== '') yield last
}

const ACKNOWLEDGED = 'audit.break_acknowledged'
const breakKey = ({ what, seq, to, is }) => [what, what === 'head' ? '' : seq, to ?? '', is].join(' ')

/** What the log says of its own breaks: where to go on. Whether it may be believed, is found out on the way. */
async function claimedBreaks(path) {
  const claimed = []
  for await (const text of linesOf(path)) {
    if (!text.includes(ACKNOWLEDGED)) continue
    try {
      const { entry } = JSON.parse(text)
      if (entry?.action === ACKNOWLEDGED) claimed.push(...entry.after.breaks)
    } catch {
      // It is named when it is its turn.
    }
  }
  return claimed
}

const openHead = (jws) => open(jws, 'hearthkey-audit+jwt')

export async function verifyLog(path, { heads = [], trusted } = {}) {
  keys.clear()
  named.length = 0
  const [missing, upTo] = [new Map(), new Map()]
  const kept = new Map()
  let [log, lastKey, opened, newest, odd] = [undefined, undefined, false, undefined, undefined]
  let [compared, isUnbroken, oldestKey, followed, followedAt] = [0, true, 0, 0, 0]
  const claimed = await claimedBreaks(path)
  const claims = new Set(claimed.map(breakKey))
  const [met, said, acknowledged] = [new Map(), new Set(), []]
  /** Goes past what somebody may have looked into; that they have, the log has to say further behind. */
  const broken = (what, of, is, message) => {
    const key = breakKey({ what, seq: of, is })
    if (!claims.has(key)) wrong(message)
    if (!met.has(key)) met.set(key, message)
  }
  const isGone = (first, last) => {
    const found = claimed.find(({ what, seq: from, to }) => what === 'gone' && from <= first && last <= (to ?? from))
    if (found && !met.has(breakKey(found)))
      met.set(breakKey(found), `entry ${first}: gone, and no audit.pruned says so`)
    return found !== undefined
  }
  let [seq, hash, signed, entries, linksUpTo, holes, holesUpTo] = [0, '0'.repeat(64), 0, 0, 0, 0, 0]
  for (const key of trusted ?? []) addKey(key, true)
  /** Of each key, its successor as it was published: it endorses no other, whoever may have stolen it. */
  const successors = new Map()
  for (const { kid, x, endorsement } of trusted ?? []) {
    if (!endorsement) continue
    const by = open(endorsement, 'hearthkey-audit-key+jwt')
    if (by.payload.kid === kid && by.payload.x === x) successors.set(by.kid, kid)
  }

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
      if ((successors.get(by.kid) ?? line.kid) !== line.kid) wrong(`key ${line.kid}: ${by.kid} has another successor`)
      addKey(line, by.key.isTrusted)
    }
    lastKey = line.kid
    named.push(line.kid)
  }
  const takePlace = (line, { id, time, org }) => {
    if (line.seq <= seq) wrong(`entry ${line.seq}: twice, or moved`)
    const before = hash
    const tuple = () => sha256(canonical([line.seq, id, time, org, line.entryHash, line.hash, before]))
    const follows = line.seq === seq + 1
    if (log.complete && !follows)
      broken('gap', seq + 1, tuple(), `entry ${seq + 1}: not in its place, there is ${line.seq}`)
    const is = line.entry && sha256(canonical(line.entry))
    const isRight = is === line.entryHash
    if (is && !isRight) broken('entry', line.seq, is, `entry ${line.seq} (${id}): changed`)
    if (follows && linkHash(line.seq, hash, id, time, org, line.entryHash) !== line.hash)
      broken('link', line.seq, tuple(), `entry ${line.seq} (${id}): its hash does not follow from the one before`)
    seq = line.seq
    hash = line.hash
    // Behind the first gap of a part a hash is what its line says of itself.
    if (!follows && !log.complete) isUnbroken = false
    if (isUnbroken) compare()
    return isRight
  }
  const takeAcknowledgement = ({ id, time, org, actor, after }) => {
    const isBelieved =
      org === null && ['operator audit acknowledge', 'system audit.prune'].includes(`${actor.kind} ${actor.id}`)
    if (!isBelieved) {
      odd ??= `entry ${seq} (${id}): an audit.break_acknowledged that no command wrote`
      return
    }
    // What was yet to come, nobody can have looked into.
    for (const one of after.breaks) if ((one.to ?? one.seq) < seq) said.add(breakKey(one))
    acknowledged.push({ seq: after.first?.seq ?? seq, at: after.first?.at ?? time, reason: after.reason })
  }
  const takeEntry = (line) => {
    const { entry } = line
    const isRight = takePlace(line, entry)
    entries++
    // Nothing that it says is believed.
    if (!isRight) return
    if (entry.action === ACKNOWLEDGED) takeAcknowledgement(entry)
    if (entry.action === 'audit_key.rotated' && named.indexOf(entry.after?.kid) > followed)
      [followed, followedAt] = [named.indexOf(entry.after.kid), seq]
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
  const openedHead = (jws, is) => {
    try {
      return openHead(jws)
    } catch (error) {
      broken('head', seq, is, `the head behind entry ${seq}: ${error.message}`)
      return undefined
    }
  }
  const takeCheckpoint = ({ jws }) => {
    const is = sha256(canonical([jws, hash]))
    const head = openedHead(jws, is)
    if (!head) return
    const { kid, key, payload } = head
    if (followed > oldestKey && payload.seq >= followedAt) oldestKey = followed
    if (!named.includes(kid)) broken('head', seq, is, `the head behind entry ${seq}: its key is not named in the log`)
    else if (named.indexOf(kid) < oldestKey)
      broken('head', seq, is, `the head behind entry ${seq}: by a key that another one had followed`)
    else oldestKey = named.indexOf(kid)
    if (payload.first !== signed + 1)
      broken('head', seq, is, `entry ${payload.first - 1}: the head of its segment is not there`)
    if (seq === signed && holes === signed) {
      // Nothing came before it but heads: a segment whose links are gone.
      if (!isGone(payload.first, payload.seq)) holesUpTo = payload.seq
      holes = payload.seq
      seq = payload.seq
      hash = payload.head
      compare()
    }
    if (payload.seq > seq) {
      broken('head', seq, is, `entry ${seq + 1}: not there, but a head was signed at ${payload.seq}`)
      seq = payload.seq
      hash = payload.head
      compare()
    }
    if (payload.seq !== seq) wrong(`the head signed at ${payload.seq} stands behind entry ${seq}`)
    if (payload.head !== hash) broken('head', seq, is, `entry ${seq}: the signed head says another hash`)
    signed = seq
    newest = { ...key, place: named.indexOf(kid) }
  }
  const openKept = () => {
    for (const jws of heads) {
      const { payload } = openHead(jws)
      kept.set(payload.seq, payload.head)
    }
    opened = true
  }

  let number = 0
  for await (const text of linesOf(path)) {
    number++
    try {
      const line = JSON.parse(text)
      if ((line.type === 'log') === (log !== undefined)) wrong(log ? 'a second log begins here' : 'no log')
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
          else if (!isGone(seq, seq)) missing.set(line.org, seq)
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
    const uncovered = [...missing].find(([org, gone]) => gone > (upTo.get(org) ?? 0))
    if (uncovered) wrong(`entry ${uncovered[1]}: gone, and no audit.pruned says so`)
    if (holesUpTo > linksUpTo) wrong(`entry ${linksUpTo + 1}: gone with its link, and no audit.pruned says so`)
    const unsaid = [...met].find(([key]) => !said.has(key))
    if (unsaid) wrong(unsaid[1])
    if (trusted && !newest) wrong('nothing in it was signed by a trusted key')
    if (trusted && !newest.isTrusted) wrong('the newest head was not signed by a trusted key')
    if (trusted && newest.place < named.length - 1 && followed < named.length - 1)
      wrong('the newest head was signed by a key that another one had followed')
    if (heads.length > 0 && compared === 0) wrong('no kept head could be compared')
    if (!log.complete && compared < kept.size)
      wrong(`${kept.size - compared} kept heads could not be compared in this part`)
    if (odd) wrong(odd)
  } catch (error) {
    return { right: false, what: error.message }
  }
  return { right: acknowledged.length === 0, acknowledged, entries, last: seq, signed, complete: log.complete }
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
  process.exitCode = found.right ? 0 : found.acknowledged ? 2 : 1
}
