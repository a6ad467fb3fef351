// SPDX-License-Identifier: Apache-2.0
//
// Settings about people: who approves, who may sign in, who did what, and whose data is erased.
export { Accounts } from './accounts';
export { Approvals } from './approvals';
export { AuditLog } from './audit';
export { Erasure } from './erasure';
