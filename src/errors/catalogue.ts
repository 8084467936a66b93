import { ExitCode } from './exit-code.ts'

interface ErrorEntry {
  /** What HTTP answers. */
  readonly status: number
  /** What a command exits with. */
  readonly exit: ExitCode
  /** One safe sentence for anybody. */
  readonly title: string
  /** What mends it, said to whoever can. */
  readonly cure: string
}

/**
 * Every error that leaves the program by name. A code is a promise: clients and runbooks match on it, and
 * `docs/errors/<code>.md` explains it (a test asserts the page exists).
 */
export const catalogue = {
  'internal-error': {
    status: 500,
    exit: ExitCode.software,
    title: 'Something went wrong on our side.',
    cure: 'Try again. If it stays, give the request id to your administrator, who finds the cause in the log under it.',
  },
  'usage-error': {
    status: 400,
    exit: ExitCode.usage,
    title: 'The command line was not understood.',
    cure: 'Run the command with --help.',
  },
  'config-invalid': {
    status: 500,
    exit: ExitCode.config,
    title: 'The configuration is not valid.',
    cure: 'Correct the keys named above; docs/configuration.md describes each one.',
  },
  'port-in-use': {
    status: 500,
    exit: ExitCode.unavailable,
    title: 'The port is already in use.',
    cure: 'Stop the other program, or set PORT to a free one.',
  },
  'data-dir-in-use': {
    status: 500,
    exit: ExitCode.tempFail,
    title: 'Another Hearthkey uses this data directory.',
    cure: 'Stop the other one, or give this one a DATA_DIR of its own. Several processes on one machine: set WORKERS.',
  },
  'data-dir-unusable': {
    status: 500,
    exit: ExitCode.noPermission,
    title: 'The data directory cannot be used.',
    cure: 'Let the user that runs Hearthkey own the directory and write to it, or set DATA_DIR to one where that is so.',
  },
  'never-started': {
    status: 500,
    exit: ExitCode.dataError,
    title: 'Nothing has been started here yet.',
    cure: 'Run hearthkey serve, or set DATA_DIR (or DATABASE_URL) to where your Hearthkey keeps its data.',
  },
  'disk-full': {
    status: 500,
    exit: ExitCode.ioError,
    title: 'There is no space left for the database.',
    cure: 'Free some space on the disk of the data directory (a new database needs 60 MB), then start again. Nothing is lost.',
  },
  'database-damaged': {
    status: 500,
    exit: ExitCode.dataError,
    title: 'What stands in the place of the database is not one.',
    cure: 'Restore the data directory from a backup. Only if there was never anything to keep: remove its folder "postgres".',
  },
  'database-other-version': {
    status: 500,
    exit: ExitCode.dataError,
    title: 'The database was written by another major version of PostgreSQL.',
    cure: 'Start the version of Hearthkey that wrote it, make a backup there, and restore that into an empty data directory.',
  },
  'embedded-database-failed': {
    status: 500,
    exit: ExitCode.osError,
    title: 'The embedded PostgreSQL does not run.',
    cure: 'Read the lines above, and postgres.log in the data directory. The data is left as it is.',
  },
  'embedded-database-unsupported': {
    status: 500,
    exit: ExitCode.config,
    title: 'The embedded PostgreSQL cannot run here.',
    cure: 'Install without leaving out optional dependencies on Linux (glibc) or macOS, or set DATABASE_URL to a server.',
  },
  'workers-failed': {
    status: 500,
    exit: ExitCode.software,
    title: 'The worker processes do not stay up.',
    cure: 'Read why the last ones ended, in the lines above; mend that, and start again.',
  },
  'listen-refused': {
    status: 500,
    exit: ExitCode.noPermission,
    title: 'The address to listen on could not be opened.',
    cure: 'Set HOST to an address of this machine (0.0.0.0 for all of them) and PORT to a free port.',
  },
  'tls-files-unusable': {
    status: 500,
    exit: ExitCode.config,
    title: 'The TLS certificate and key cannot be used.',
    cure: 'Check that TLS_CERT (with its chain) and TLS_KEY are PEM files that this user can read and that belong together.',
  },
  'database-unreachable': {
    status: 503,
    exit: ExitCode.unavailable,
    title: 'The database cannot be reached.',
    cure: 'Check that the PostgreSQL server runs and that DATABASE_URL names its host, port, login and database.',
  },
  'database-too-old': {
    status: 500,
    exit: ExitCode.config,
    title: 'The PostgreSQL server is too old.',
    cure: 'Upgrade it to PostgreSQL 16 or newer, or leave DATABASE_URL out to use the embedded one.',
  },
  'database-role-unsafe': {
    status: 500,
    exit: ExitCode.noPermission,
    title: 'The database login has powers that the serving role must not have.',
    cure: 'Give DATABASE_URL an ordinary login that is a member of hearthkey_app, and MIGRATION_DATABASE_URL the owner.',
  },
  'database-roles-missing': {
    status: 500,
    exit: ExitCode.noPermission,
    title: 'The database roles do not exist, and this login may not create them.',
    cure: 'Run the statements above once as an administrator of the database server, then start again.',
  },
  'database-newer': {
    status: 500,
    exit: ExitCode.dataError,
    title: 'The database was migrated by a newer version of Hearthkey.',
    cure: 'Start the newer version, or restore the backup that was taken before the upgrade.',
  },
  'migration-changed': {
    status: 500,
    exit: ExitCode.dataError,
    title: 'A migration file differs from what was applied to this database.',
    cure: 'Restore the file as it was released; a change of the schema is a new migration.',
  },
  'migration-failed': {
    status: 500,
    exit: ExitCode.dataError,
    title: 'A migration could not be applied; it was rolled back.',
    cure: 'Mend the cause named above and run hearthkey migrate again; the database is as it was before.',
  },
  'master-key-missing': {
    status: 500,
    exit: ExitCode.config,
    title: 'The master key is missing.',
    cure: 'Restore the keys directory (KEYS_DIR), or MASTER_KEY, from the backup that belongs to this database.',
  },
  'master-key-wrong': {
    status: 500,
    exit: ExitCode.config,
    title: 'The master key does not fit this database.',
    cure: 'Restore the master key that belongs to this database, or point at the database that belongs to this key.',
  },
  'master-key-corrupt': {
    status: 500,
    exit: ExitCode.config,
    title: 'The master key file is damaged.',
    cure: 'Restore the file from the backup. Nothing was overwritten.',
  },
  'master-key-invalid': {
    status: 500,
    exit: ExitCode.config,
    title: 'The master key that was given is not a master key.',
    cure: 'Give the text of a master.key file, or exactly 32 random bytes in base64url without padding (43 characters).',
  },
  'master-key-exposed': {
    status: 500,
    exit: ExitCode.noPermission,
    title: 'The master key can be reached by other users of this machine.',
    cure: 'Take their access away: chmod 700 on the keys directory, chmod 600 on the file.',
  },
  'master-key-inaccessible': {
    status: 500,
    exit: ExitCode.ioError,
    title: 'The master key file cannot be read or written.',
    cure: 'Let the user that runs Hearthkey read and write the keys directory (KEYS_DIR), and see that its disk is not full.',
  },
  'keyring-damaged': {
    status: 500,
    exit: ExitCode.dataError,
    title: 'A key in the database does not open, although the master key fits.',
    cure: 'Restore the database from a backup: the rows named above were changed outside Hearthkey.',
  },
  'keyring-empty': {
    status: 500,
    exit: ExitCode.dataError,
    title: 'This database holds no keys yet.',
    cure: 'Start the server once with hearthkey serve: it creates them.',
  },
  'seal-broken': {
    status: 500,
    exit: ExitCode.dataError,
    title: 'Something sealed in the database does not open.',
    cure: 'Restore the row from a backup: it was damaged, or moved from where it was sealed.',
  },
  'key-not-found': {
    status: 404,
    exit: ExitCode.dataError,
    title: 'There is no such signing key.',
    cure: 'List the keys with hearthkey key list.',
  },
  'key-too-young': {
    status: 409,
    exit: ExitCode.tempFail,
    title: 'The next signing key has not been published for long enough.',
    cure: 'Wait until then, so that every API has fetched it; or add --force and accept that some refuse tokens for a while.',
  },
  'queue-not-migrated': {
    status: 500,
    exit: ExitCode.unavailable,
    title: 'The database has no queue for background work, or an older one.',
    cure: 'Run hearthkey migrate with this release, then start again.',
  },
  busy: {
    status: 503,
    exit: ExitCode.tempFail,
    title: 'Too many passwords are being checked at this moment.',
    cure: 'Try again in a few seconds.',
  },
  overloaded: {
    status: 503,
    exit: ExitCode.tempFail,
    title: 'Too many people are here at this moment.',
    cure: 'Nothing is lost. Wait a few seconds, then load this page again: a form that you have filled in is sent again with it.',
  },
  'too-many-requests': {
    status: 429,
    exit: ExitCode.tempFail,
    title: 'There were too many requests in a short time.',
    cure: 'Wait a while before you try again. Programs: as long as the Retry-After header says.',
  },
  locked: {
    status: 429,
    exit: ExitCode.tempFail,
    title: 'Signing in pauses after several failed attempts.',
    cure: 'Wait until the pause is over. Whoever has forgotten the password can choose a new one.',
  },
  'password-off': {
    status: 403,
    exit: ExitCode.noPermission,
    title: 'After very many failed attempts this password is not accepted any more.',
    cure: 'Choose a new password by "Forgot your password?", or ask an administrator to end the pause.',
  },
  'setup-closed': {
    status: 409,
    exit: ExitCode.dataError,
    title: 'Set-up is over: this instance has had an administrator.',
    cure: 'Let that administrator sign in, or make another one with hearthkey user create --admin.',
  },
  'setup-link-dead': {
    status: 410,
    exit: ExitCode.dataError,
    title: 'This set-up link opens nothing any more.',
    cure: 'While there is no administrator, hearthkey setup-link prints a new one on the server.',
  },
  'user-not-found': {
    status: 404,
    exit: ExitCode.dataError,
    title: 'There is no such user.',
    cure: 'List the users with hearthkey user list.',
  },
  'email-taken': {
    status: 409,
    exit: ExitCode.dataError,
    title: 'A user with this e-mail address exists already.',
    cure: 'Use another address, or go on with that user.',
  },
  'last-administrator': {
    status: 409,
    exit: ExitCode.dataError,
    title: 'This is the last administrator who can sign in.',
    cure: 'Make another one first: hearthkey user create --admin.',
  },
  'breach-list-unusable': {
    status: 503,
    exit: ExitCode.dataError,
    title: 'The list of breached passwords cannot be read.',
    cure: 'Try again later. Whoever runs this server copies the filter file again, whole, or builds it anew (hearthkey breach-list build).',
  },
  'breach-list-source-invalid': {
    status: 500,
    exit: ExitCode.dataError,
    title: 'No filter can be made from this list.',
    cure: 'Give the downloaded SHA-1 file of Have I Been Pwned (lines of HASH:COUNT), or a list of passwords and --plain.',
  },
  'breach-list-exists': {
    status: 500,
    exit: ExitCode.usage,
    title: 'There is a file under the name of the filter.',
    cure: 'Give --out another name, or --force to replace it.',
  },
  'password-refused': {
    status: 400,
    exit: ExitCode.usage,
    title: 'This password is not taken.',
    cure: 'Choose another one: long, not a name, and used nowhere else.',
  },
  'breach-list-not-written': {
    status: 500,
    exit: ExitCode.ioError,
    title: 'The filter could not be written.',
    cure: 'Give --out a place with room and the right to write: 2.5 bytes an entry, and 8 more while a list that is not ordered by hash is sorted.',
  },
  interrupted: {
    status: 500,
    exit: ExitCode.tempFail,
    title: 'The command was stopped before it had finished.',
    cure: 'Run it again; it left nothing half-made behind.',
  },
  'client-unknown': {
    status: 400,
    exit: ExitCode.dataError,
    title: 'The application that sent you here is not known.',
    cure: 'Go back to the application and tell whoever runs it: its client id is not registered here, or it was disabled.',
  },
  'redirect-uri-mismatch': {
    status: 400,
    exit: ExitCode.dataError,
    title: 'The application asked us to send you to an address that is not registered for it.',
    cure: 'Give the request id to your administrator: the log has the address that came beside those that are registered.',
  },
  'authorization-request-invalid': {
    status: 400,
    exit: ExitCode.dataError,
    title: 'The application sent a request that cannot be answered.',
    cure: 'Go back to the application and try again. If it stays, give the request id to whoever runs the application.',
  },
  'client-not-found': {
    status: 404,
    exit: ExitCode.dataError,
    title: 'There is no such client.',
    cure: 'List the clients with hearthkey client list.',
  },
  'client-invalid': {
    status: 400,
    exit: ExitCode.dataError,
    title: 'The client cannot be registered like this.',
    cure: 'Correct what is named above and try again; nothing was changed.',
  },
  'api-invalid': {
    status: 400,
    exit: ExitCode.dataError,
    title: 'The API cannot be registered like this.',
    cure: 'Correct what is named above and try again; nothing was changed.',
  },
  'organisation-not-found': {
    status: 404,
    exit: ExitCode.dataError,
    title: 'There is no such organisation.',
    cure: 'List the organisations with hearthkey org list.',
  },
  'organisation-invalid': {
    status: 400,
    exit: ExitCode.dataError,
    title: 'The organisation cannot be like this.',
    cure: 'Correct what is named above and try again; nothing was changed.',
  },
  'domain-refused': {
    status: 409,
    exit: ExitCode.dataError,
    title: 'The domain was not taken for one of the organisation.',
    cure: 'See how its domains stand with hearthkey org domain list <organisation>.',
  },
  'member-not-found': {
    status: 404,
    exit: ExitCode.dataError,
    title: 'There is no such member.',
    cure: 'List the members with hearthkey member list --org <organisation>.',
  },
  'membership-refused': {
    status: 409,
    exit: ExitCode.dataError,
    title: 'The membership cannot be changed like this.',
    cure: 'See who has which roles with hearthkey member list --org <organisation>; nothing was changed.',
  },
  'invitation-refused': {
    status: 409,
    exit: ExitCode.dataError,
    title: 'The invitation was not sent or changed.',
    cure: 'See who is invited with hearthkey member invitations --org <organisation>.',
  },
  'role-not-found': {
    status: 404,
    exit: ExitCode.dataError,
    title: 'There is no such role.',
    cure: 'List the roles with hearthkey role list --org <organisation>.',
  },
  'role-invalid': {
    status: 400,
    exit: ExitCode.dataError,
    title: 'The role cannot be like this.',
    cure: 'Correct what is named above and try again; nothing was changed.',
  },
  'role-in-use': {
    status: 409,
    exit: ExitCode.dataError,
    title: 'The role is still given to somebody.',
    cure: 'Take it from them first: hearthkey member list --org <organisation> shows who has which roles.',
  },
  'api-key-not-found': {
    status: 404,
    exit: ExitCode.dataError,
    title: 'There is no such API key.',
    cure: 'List the API keys with hearthkey api-key list --org <organisation>.',
  },
  'api-key-refused': {
    status: 400,
    exit: ExitCode.dataError,
    title: 'The API key cannot be like this.',
    cure: 'Correct what is named above and try again; nothing was changed.',
  },
  'service-account-not-found': {
    status: 404,
    exit: ExitCode.dataError,
    title: 'There is no such service account.',
    cure: 'List the service accounts with hearthkey service-account list --org <organisation>.',
  },
  'service-account-refused': {
    status: 400,
    exit: ExitCode.dataError,
    title: 'The service account cannot be like this.',
    cure: 'Correct what is named above and try again; nothing was changed.',
  },
  'template-not-found': {
    status: 404,
    exit: ExitCode.dataError,
    title: 'There is no such template of roles.',
    cure: 'List the templates with hearthkey access templates.',
  },
  'mail-not-found': {
    status: 404,
    exit: ExitCode.dataError,
    title: 'There is no such letter.',
    cure: 'List the letters with hearthkey outbox list.',
  },
  'mail-erased': {
    status: 410,
    exit: ExitCode.dataError,
    title: 'Nothing is left of this letter.',
    cure: 'What it said is erased once it was sent, refused for good, or too old. Let whoever needs it ask for a new one.',
  },
  'mail-configured': {
    status: 409,
    exit: ExitCode.noPermission,
    title: 'A mail server is configured, so letters are read by their recipients alone.',
    cure: 'Let the recipient look for it. If mail does not work, hearthkey outbox test says why.',
  },
  'mail-not-configured': {
    status: 409,
    exit: ExitCode.config,
    title: 'No mail server is configured.',
    cure: 'Set SMTP_URL and MAIL_FROM, or read the letters on this host with hearthkey outbox list and show.',
  },
  'mail-undeliverable': {
    status: 503,
    exit: ExitCode.unavailable,
    title: 'The mail server did not take the letter.',
    cure: 'Mend what is named above, and try hearthkey outbox test again.',
  },
  'interaction-gone': {
    status: 410,
    exit: ExitCode.dataError,
    title: 'This sign-in has ended.',
    cure: 'Go back to the application and sign in again from there.',
  },
  'cookies-missing': {
    status: 400,
    exit: ExitCode.dataError,
    title: 'The browser sent no cookie.',
    cure: 'Go to the application in this browser and sign in from there. If that does not help, allow cookies for this site.',
  },
  'sign-out-incomplete': {
    status: 400,
    exit: ExitCode.dataError,
    title: 'The sign-out was not confirmed, and nothing was changed.',
    cure: 'Go back to the application and sign out from there again.',
  },
  'not-found': {
    status: 404,
    exit: ExitCode.dataError,
    title: 'There is nothing at this address.',
    cure: 'Check the address, or go back to where you came from.',
  },
  'method-not-allowed': {
    status: 405,
    exit: ExitCode.usage,
    title: 'This address does not take that method.',
    cure: 'Use one of the methods in the Allow header.',
  },
  'bad-request': {
    status: 400,
    exit: ExitCode.dataError,
    title: 'The request was not understood.',
    cure: 'Check what was sent against the documentation of this address.',
  },
  'head-too-large': {
    status: 431,
    exit: ExitCode.dataError,
    title: 'The address or the headers of the request are too long.',
    cure: 'Go back to the application and start again; if that does not help, delete the cookies of this site. An application must keep what it sends along (state) short.',
  },
  'request-timeout': {
    status: 408,
    exit: ExitCode.tempFail,
    title: 'The request did not arrive in time.',
    cure: 'Try again. If it stays, the connection, or a proxy on the way, is too slow.',
  },
  'body-too-large': {
    status: 413,
    exit: ExitCode.dataError,
    title: 'The request is too large.',
    cure: 'Send less.',
  },
  'cross-site-request': {
    status: 403,
    exit: ExitCode.noPermission,
    title: 'This request came from another site and was refused.',
    cure: 'Open the page here and try again. Behind a proxy, check that ISSUER_URL is the address in the browser.',
  },
  unavailable: {
    status: 503,
    exit: ExitCode.unavailable,
    title: 'The service is not ready at the moment.',
    cure: 'Try again in a few seconds.',
  },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof catalogue
