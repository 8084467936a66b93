import { defineTemplate, everythingHere, managesMembers, readsHere } from './template.ts'

const reads = ['accounts:read', 'transactions:read', 'budgets:read', 'goals:read', 'reports:read'] as const
const edits = [
  ...reads,
  'transactions:write',
  'transactions:import',
  'budgets:write',
  'goals:write',
  'categories:write',
  'reports:export',
] as const
const administers = [...edits, 'accounts:write', 'accounts:connect', 'rules:manage', 'settings:manage'] as const

/** A workspace. Who may change its settings here may also ask a second factor of all its members. */
export const moneyOs = defineTemplate({
  key: 'money-os',
  name: 'Money OS',
  api: {
    name: 'Money OS',
    permissions: {
      'accounts:read': 'see accounts',
      'accounts:write': 'add and change accounts',
      'accounts:connect': 'connect bank accounts',
      'transactions:read': 'see transactions',
      'transactions:write': 'enter and change transactions',
      'transactions:import': 'bring transactions in from a file',
      'budgets:read': 'see budgets',
      'budgets:write': 'change budgets',
      'goals:read': 'see goals',
      'goals:write': 'change goals',
      'categories:write': 'change categories',
      'rules:manage': 'change what is sorted by itself',
      'reports:read': 'see reports',
      'reports:export': 'take reports out',
      'settings:manage': 'change the settings of the workspace there',
      'workspace:export': 'take everything out',
      'workspace:delete': 'delete the workspace',
    },
  },
  roles: [
    {
      key: 'owner',
      name: 'Owner',
      description: 'Everything, the end of the workspace included.',
      permissions: [...administers, 'workspace:export', 'workspace:delete'],
      own: everythingHere,
      mayAssign: ['owner', 'admin', 'editor', 'viewer', '*'],
      kept: true,
    },
    {
      key: 'admin',
      name: 'Admin',
      description: 'Settings, what is asked of members at sign-in, and members below.',
      permissions: administers,
      own: [
        ...managesMembers,
        'organisation.manage',
        'roles.manage',
        'api-keys.own',
        'api-keys.manage',
        'audit.read',
        'webhooks.manage',
      ],
      mayAssign: ['editor', 'viewer', '*'],
    },
    {
      key: 'editor',
      name: 'Editor',
      description: 'Enters and changes, and connects nothing.',
      permissions: edits,
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
