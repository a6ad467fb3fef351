// SPDX-License-Identifier: Apache-2.0
//
// The form in which a password is given: for the way in, and over a page whose session ended.
import { useRef, useState, type FormEvent, type ReactNode } from 'react';
import { ApiError } from '../api';
import { useT } from '../base';
import { refusalText } from '../reasons';
import { signIn } from '../session';
import { Button, Field, Text } from '../ui';

const WRONG = 4012; // the code for a user and a password that do not go together

interface Props {
    user: string;
    okText: string;
    wrong: string; // what is said about a password that is refused
    large?: boolean;
    className?: string;
    begin?: () => void;
    children: ReactNode; // above the password: what is asked, and of whom
    others?: (busy: boolean) => ReactNode; // beneath the button: what may be done instead
}

export function SignInForm({ user, okText, wrong, large, className = '', begin, children, others }: Props) {
    const t = useT();
    const form = useRef<HTMLFormElement>(null);
    const [password, setPassword] = useState(''),
        [error, setError] = useState(''),
        [busy, setBusy] = useState(false);
    const explain = (e: ApiError) =>
        e.offline ? t('连不上服务器', 'Cannot reach the server') : e.code === WRONG ? wrong : refusalText(e);
    const submit = async (e: FormEvent) => {
        e.preventDefault();
        if (!user || !password || busy) return;
        setBusy(true);
        setError('');
        try {
            begin?.();
            await signIn(user, password);
        } catch (x) {
            setError(explain(x as ApiError));
            form.current?.querySelector<HTMLInputElement>('input[name=password]')?.focus();
        } finally {
            setBusy(false);
        }
    };
    return (
        <form className={`form ${className}`} ref={form} onSubmit={submit}>
            {children}
            <Field label={t('密码', 'Password')} error={error || undefined}>
                <Text
                    name="password"
                    type="password"
                    value={password}
                    onChange={setPassword}
                    autoComplete="current-password"
                />
            </Field>
            <Button
                htmlType="submit"
                theme="solid"
                size={large ? 'large' : 'default'}
                block
                loading={busy}
                disabled={!user || !password}
            >
                {okText}
            </Button>
            {others?.(busy)}
        </form>
    );
}
