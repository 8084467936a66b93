import { type Command, InvalidArgumentError, Option } from 'commander'
import type { CliContext } from '../context.ts'
import { issueBatch } from './batch.ts'
import { inspect, type VerifyOptions, verifyFile } from './inspect.ts'
import { type IssueOptions, issue } from './issue.ts'
import { type KeygenOptions, keygen } from './keygen.ts'
import { type RevokeOptions, revoke } from './revoke.ts'

/** For whoever makes licences: on any machine, without a database, a network or a configuration. */
export function addVendorCommands(command: Command, context: CliContext): void {
  command
    .command('keygen')
    .description('make a key that signs licences; its passphrase is asked for, or read from standard input')
    .option('--out <name>', 'writes <name>.key.pem and <name>.pub.pem', 'license')
    .addOption(new Option('--algorithm <name>', 'what it signs with').choices(['RS256', 'EdDSA']).default('RS256'))
    .option('--bits <number>', 'the length of an RSA key: 2048, 3072 or 4096', toBits, 3072)
    .action(context.answers((options: KeygenOptions) => keygen(context, options)))

  command
    .command('issue')
    .description('sign a licence, or one for each row of a CSV file')
    .requiredOption('--key <file>', 'the key that keygen made')
    .requiredOption('--register <file>', 'where everything that is issued is noted, a line each')
    .option('--out <path>', 'the file of the licence, else standard output; of a batch, its folder')
    .option('--batch <csv>', 'a licence for each row; what all have in common comes from flags and --from')
    .option('--from <yaml>', 'a file with the fields below')
    .option('--issuer <name>', 'who you are')
    .option('--subject <id>', 'your name for the customer, such as a number')
    .option('--licensee <name>', 'the name of the customer')
    .option('--email <address>', 'where the customer is reached')
    .option('--product <name>', 'for which product')
    .option('--edition <name>', 'which edition of it')
    .option('--feature <name>', 'what may be used beyond the edition (repeatable)', collect, [])
    .option('--limit <name=number>', 'how many there may be: users, organisations, clients … (repeatable)', toLimit, {})
    .option('--instance <address>', 'the address of the instance it is for (repeatable; left out: any)', collect, [])
    .option('--not-before <date>', 'from when it is good (left out: now)')
    .option('--expires <date>', 'until when: 2027-01-31 (midnight UTC), or a time with its zone')
    .option('--days <number>', 'or for how many days', toNumber)
    .option('--grace-days <number>', 'days after its end during which it still counts', toNumber)
    .action(
      context.answers(({ batch, ...options }: IssueOptions & { readonly batch?: string }) =>
        batch === undefined ? issue(context, options) : issueBatch(context, batch, options),
      ),
    )

  command
    .command('inspect')
    .description('show what a licence says of itself, without checking it')
    .argument('<file>')
    .action(context.answers((file: string) => inspect(context, file)))

  command
    .command('verify')
    .description('check a licence as a service would')
    .argument('<file>')
    .requiredOption('--keys <path>', 'public keys: a PEM or JWKS file, or a folder of them')
    .option('--product <name>', 'the product that asks')
    .option('--instance <address>', 'the instance that asks')
    .option('--revocations <file>', 'the list that revoke wrote')
    .addHelpText('after', '\nExit code 0: it counts. 65: it does not, and why.')
    .action(context.answers((file: string, options: VerifyOptions) => verifyFile(context, file, options)))

  command
    .command('revoke')
    .description('revoke licences, and sign the list of all that are revoked; without one, sign the list anew')
    .argument('[licence...]', 'their names: lic_…')
    .requiredOption('--key <file>', 'the key that keygen made')
    .requiredOption('--register <file>', 'the register that they were issued with')
    .requiredOption('--out <file>', 'the list; the one before is replaced')
    .option('--reason <text>', 'stands in the list')
    .action(context.answers((ids: string[], options: RevokeOptions) => revoke(context, ids, options)))
}

const collect = (text: string, before: readonly string[]): string[] => [...before, text]

function toNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.')
  return Number(text)
}

function toBits(text: string): number {
  if (!['2048', '3072', '4096'].includes(text)) throw new InvalidArgumentError('Expected 2048, 3072 or 4096.')
  return Number(text)
}

function toLimit(text: string, before: Readonly<Record<string, number>>): Record<string, number> {
  const [, name, most] = /^([A-Za-z][\w.-]*)=(\d{1,15})$/.exec(text) ?? []
  if (name === undefined) throw new InvalidArgumentError('Expected a name and a number, such as users=50.')
  return { ...before, [name]: Number(most) }
}
