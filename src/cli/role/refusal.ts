import type { ChangeRoleFault, CreateRoleFault, RemoveRoleFault } from '../../access/own-roles/service.ts'
import { AppError } from '../../errors/app-error.ts'

const invalid = (detail: string, cure: string) => new AppError('role-invalid', { detail, cure })

/** Whoever holds the host may do everything, so being refused for want of a role is an error of ours. */
export function roleRefusal(key: string, fault: CreateRoleFault | ChangeRoleFault | RemoveRoleFault): AppError {
  switch (fault.reason) {
    case 'not-found':
      return new AppError('role-not-found', { detail: `The organisation has no role called ${key}.` })
    case 'organisation-unknown':
      return new AppError('organisation-not-found')
    case 'built-in':
      return invalid(
        `${key} is built in, and the same for every organisation that uses its template.`,
        'Make a role of the organisation’s own: hearthkey role create.',
      )
    case 'held':
      return new AppError('role-in-use', { detail: `${key} is still given, for instance to ${fault.by.join(', ')}.` })
    case 'key-taken':
      return invalid(`There is a role called ${key} already.`, 'Choose another key, or change that role.')
    case 'key-invalid':
      return invalid(
        'A key is lower case letters, digits and hyphens, at most 50, and begins with a letter.',
        'Give one such as invoice-clerk; the --name is free.',
      )
    case 'name-invalid':
      return invalid('The name is empty, too long, or more than a line.', 'Give --name 1 to 100 characters.')
    case 'description-invalid':
      return invalid('The description is too long, or more than a line.', 'Give at most 500 characters.')
    case 'too-many':
      return invalid('The organisation has 200 roles of its own.', 'Remove one that nobody has.')
    case 'role-unknown':
      return invalid(
        `There is no role called ${fault.key} that could be given.`,
        'hearthkey role list shows them; "*" stands for the organisation’s own.',
      )
    case 'permission-unknown':
      return invalid(
        `There is no permission called ${fault.permission} at ${fault.api}.`,
        'hearthkey access matrix and hearthkey api list show them.',
      )
    case 'forbidden':
    case 'beyond-own':
    case 'widens-own':
    case 'widens-held':
      return new AppError('internal-error', { cause: new Error(`the operator was refused: ${fault.reason}`) })
  }
}
