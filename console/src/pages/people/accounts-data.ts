// SPDX-License-Identifier: Apache-2.0
//
// Loads the accounts, and says which actions each does not allow.
import { useQuery } from '@tanstack/react-query';
import { get } from '../../api';
import { tr } from '../../base';
import type { Account, Page } from '../../types';

export const useAccounts = () => useQuery({ queryKey: ['users'], queryFn: () => get<Page<Account>>('users') });
export const allRoles = ['admin', 'recruiter', 'approver', 'interviewer'];

const isAdmin = (a: Account) => !a.disabled && a.roles.includes('admin');

// The reason why an account cannot be disabled or lose the role administrator; '' if it can.
export function kept(a: Account, all: Account[], mine: string): string {
    if (a.id === mine)
        return tr(
            '这是你自己的账号，请让其他管理员操作',
            'This is your own account. Ask another administrator to change it.',
        );
    if (isAdmin(a) && all.filter(isAdmin).length === 1)
        return tr('这是最后一个管理员', 'This is the last administrator');
    return '';
}
// The server's error about a user name.
export const loginFault = (user: string) =>
    user && !/^[A-Za-z0-9._@-]{2,100}$/.test(user)
        ? tr('2 到 100 个字母、数字或 . _ - @', '2 to 100 letters, digits or . _ - @')
        : '';
