// SPDX-License-Identifier: Apache-2.0
//
// The accounts, and what may not be done to which.
import { useQuery } from '@tanstack/react-query';
import { get } from '../../api';
import { tr } from '../../base';
import type { Account, Page } from '../../types';

export const useAccounts = () => useQuery({ queryKey: ['users'], queryFn: () => get<Page<Account>>('users') });
export const allRoles = ['admin', 'recruiter', 'approver', 'interviewer'];

const isAdmin = (a: Account) => !a.disabled && a.roles.includes('admin');

// Why an account cannot be disabled or lose its administration; '' if it can.
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
// What the server has against a name to sign in with.
export const loginFault = (user: string) =>
    user && !/^[A-Za-z0-9._@-]{2,100}$/.test(user)
        ? tr('2 到 100 个字母、数字或 . _ - @', '2 to 100 letters, digits or . _ - @')
        : '';
