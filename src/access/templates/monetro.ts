import { defineTemplate, everythingHere, managesMembers, readsHere } from './template.ts'

const reads = ['invoices:read', 'payments:read', 'customers:read', 'reports:read'] as const
const works = [...reads, 'invoices:write', 'invoices:send', 'customers:write', 'payments:write'] as const
const manages = [
  ...works,
  'invoices:delete',
  'payments:refund',
  'customers:delete',
  'reports:export',
  'reminders:manage',
] as const
const administers = [...manages, 'providers:manage', 'webhooks:manage', 'settings:manage', 'logs:read'] as const

/** Each role may do all that the one below it may do. */
export const monetro = defineTemplate({
  key: 'monetro',
  name: 'Monetro',
  api: {
    name: 'Monetro',
    permissions: {
      'invoices:read': 'see invoices',
      'invoices:write': 'write and change invoices',
      'invoices:send': 'send invoices',
      'invoices:delete': 'delete invoices',
      'payments:read': 'see payments',
      'payments:write': 'enter payments',
      'payments:refund': 'give money back',
      'customers:read': 'see customers',
      'customers:write': 'add and change customers',
      'customers:delete': 'delete customers',
      'reports:read': 'see reports',
      'reports:export': 'take reports out',
      'reminders:manage': 'decide who is reminded, and when',
      'providers:manage': 'connect payment providers',
      'webhooks:manage': 'say where events are sent to',
      'settings:manage': 'change the settings of the organisation there',
      'logs:read': 'read who changed what',
    },
  },
  roles: [
    {
      key: 'admin',
      name: 'Admin',
      description: 'Everything, settings and payment providers included.',
      permissions: administers,
      own: everythingHere,
      mayAssign: ['admin', 'manager', 'member', 'viewer', '*'],
      kept: true,
    },
    {
      key: 'manager',
      name: 'Manager',
      description: 'Runs the day: deletes, gives money back, looks after members and viewers.',
      permissions: manages,
      own: [...managesMembers, 'api-keys.own'],
      mayAssign: ['member', 'viewer'],
    },
    {
      key: 'member',
      name: 'Member',
      description: 'Writes and sends invoices, and enters payments.',
      permissions: works,
      own: [...readsHere, 'api-keys.own'],
      mayAssign: [],
    },
    {
      key: 'viewer',
      name: 'Viewer',
      description: 'Looks, and changes nothing.',
      permissions: reads,
      own: readsHere,
      mayAssign: [],
    },
  ],
})
