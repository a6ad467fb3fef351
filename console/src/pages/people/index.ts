// SPDX-License-Identifier: Apache-2.0
//
// Settings about people: approvers, accounts, audit log, erasure.
export { Accounts } from './accounts';
export { Approvals } from './approvals';
export { AuditLog } from './audit';
export { Erasure } from './erasure';
