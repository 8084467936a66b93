import { readFile, stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { AppError } from '../../errors/app-error.ts'
import type { Layout } from './layout.ts'

export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** Who is in play: Hearthkey's own user, and the account that PostgreSQL runs as. They differ only under root. */
export interface Accounts {
  readonly self: Account
  readonly postgres: Account
  /** Present under root: whose the files beside the cluster shall be. */
  readonly dirOwner: Pick<Account, 'uid' | 'gid'> | undefined
}

/** PostgreSQL refuses root. An account of its own is best: `nobody` is shared with other daemons. */
const unprivileged = ['hearthkey', 'postgres', 'nobody']

export async function accountsFor({ dataDir, cluster }: Layout): Promise<Accounts> {
  const self = ownAccount()
  if (self.uid !== 0) return { self, postgres: self, dirOwner: undefined }
  if (process.platform !== 'linux') {
    throw new AppError('embedded-database-unsupported', {
      detail: 'Started as root: outside Linux the embedded PostgreSQL cannot be handed to another account.',
      cure: 'Start Hearthkey as an ordinary user.',
    })
  }
  const dirOwner = (await ownerOf(dataDir)) ?? self
  return { self, dirOwner, postgres: await accountUnderRoot((await ownerOf(cluster)) ?? self, dirOwner) }
}

async function accountUnderRoot(
  clusterOwner: Pick<Account, 'uid' | 'gid'>,
  dirOwner: Pick<Account, 'uid' | 'gid'>,
): Promise<Account> {
  const known = parsePasswd(await readFile('/etc/passwd', 'utf8'))
  const byUid = (owner: Pick<Account, 'uid' | 'gid'>) => {
    const name = known.find(({ uid }) => uid === owner.uid)?.name
    return name === undefined ? undefined : { name, ...owner }
  }
  // An existing cluster runs as whoever owns it, with a name or without: only initdb insists on one.
  if (clusterOwner.uid !== 0) return byUid(clusterOwner) ?? { name: `#${clusterOwner.uid}`, ...clusterOwner }
  const account =
    (dirOwner.uid === 0 ? undefined : byUid(dirOwner)) ??
    unprivileged.map((wanted) => known.find(({ name, uid }) => name === wanted && uid !== 0)).find(Boolean)
  if (account) return account
  throw new AppError('embedded-database-unsupported', {
    detail: `Started as root, and there is no account to run PostgreSQL as (${unprivileged.join(', ')}).`,
    cure: 'Add an account, for example with `useradd --system hearthkey`, or start Hearthkey as an ordinary user.',
  })
}

function ownAccount(): Account {
  try {
    const { username, uid, gid } = userInfo()
    return { name: username, uid, gid }
  } catch (cause) {
    throw new AppError('embedded-database-unsupported', {
      detail: `The system knows no name for user id ${process.getuid?.()}, and PostgreSQL needs one.`,
      cure: 'Run Hearthkey as a user that /etc/passwd lists (in a container: one of the image), or set DATABASE_URL.',
      cause,
    })
  }
}

/** Under root: whose the files beside the cluster shall be. */
export const dirOwnerUnderRoot = async ({ dataDir }: Layout): Promise<Accounts['dirOwner']> =>
  process.getuid?.() === 0 ? await ownerOf(dataDir) : undefined

export function parsePasswd(text: string): Account[] {
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':')
    return name && /^\d+$/.test(uid ?? '') && /^\d+$/.test(gid ?? '')
      ? [{ name, uid: Number(uid), gid: Number(gid) }]
      : []
  })
}

async function ownerOf(path: string): Promise<{ uid: number; gid: number } | undefined> {
  const { uid, gid } = (await stat(path).catch(() => undefined)) ?? {}
  return uid === undefined || gid === undefined ? undefined : { uid, gid }
}
