// SPDX-License-Identifier: Apache-2.0
//
// The icons of the shell, each an SVG path on a 24 by 24 grid.
export const Icon = ({ d }: { d: string }) => (
    <svg
        width="18"
        height="18"
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.800"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
    >
        <path d={d} />
    </svg>
);
