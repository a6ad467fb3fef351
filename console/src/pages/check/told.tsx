// SPDX-License-Identifier: Apache-2.0
//
// The delivery of the check to the vendor: queued, attempted, accepted or given up.
import { dateTime, useT } from '../../base';
import type { OrderDetail } from '../../types';

type Told = NonNullable<OrderDetail['told']>;

function useText({ of, state, attempts, next_time, last_time }: Told): string {
    const t = useT();
    const end = of === 'cancel';
    switch (state) {
        case 'taken':
            return end
                ? t(
                      `供应商已于 ${dateTime(last_time)} 收到取消通知`,
                      `The vendor was notified of the cancellation on ${dateTime(last_time)}`,
                  )
                : t(
                      `供应商已于 ${dateTime(last_time)} 收到订单`,
                      `The vendor received the order on ${dateTime(last_time)}`,
                  );
        case 'given_up':
            return end
                ? t(
                      `取消通知发送了 ${attempts} 次都没有成功，供应商还不知道。请直接联系供应商，或请管理员重新发送。`,
                      `The cancellation could not be delivered after ${attempts === 1 ? '1 attempt' : `${attempts} attempts`}, so the vendor does not know about it. Contact the vendor, or ask an administrator to send it again.`,
                  )
                : t(
                      `订单发送了 ${attempts} 次都没有成功，供应商没有收到。请直接联系供应商，或请管理员重新发送。`,
                      `The order could not be delivered after ${attempts === 1 ? '1 attempt' : `${attempts} attempts`}, so the vendor does not have it. Contact the vendor, or ask an administrator to send it again.`,
                  );
        case 'waiting':
            if (!attempts)
                return end
                    ? t('正在通知供应商取消', 'Notifying the vendor of the cancellation')
                    : t('正在发给供应商', 'Sending the order to the vendor');
            return t(
                `供应商还没有收到：已尝试 ${attempts} 次，下次 ${dateTime(next_time)}`,
                `The vendor has not received it yet: ${attempts === 1 ? '1 attempt' : `${attempts} attempts`} so far, next attempt at ${dateTime(next_time)}`,
            );
        default:
            return t(
                '供应商没有绑定应用，没有人收到这个订单。管理员可以在设置里绑定。',
                'No app is connected to this vendor, so the vendor has not received the order. An administrator can connect one in Settings.',
            );
    }
}

// Once the vendor has sent progress or a report, the vendor has the order, whichever way it came: how its delivery stands
// would contradict what the card shows. The notice of a cancellation still matters.
export const answered = ({ told, order: o }: OrderDetail) =>
    told?.of === 'order' &&
    told.state !== 'taken' &&
    ((o.process_info_list?.length ?? 0) > 0 || (o.feedback_info_list?.length ?? 0) > 0);

const tones: Record<string, string> = { taken: 'muted', waiting: 'muted', given_up: 'bad', nobody: 'bad' };

export function Told({ told }: { told: Told }) {
    const text = useText(told);
    return (
        <p className={`told small ${tones[told.state] ?? 'muted'}`} role="status">
            {text}
        </p>
    );
}
