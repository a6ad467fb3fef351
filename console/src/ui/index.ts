// SPDX-License-Identifier: Apache-2.0
//
// The components that all pages use.
export { default as Button } from '@douyinfe/semi-ui/lib/es/button';
export * from './marks';
export * from './states';
export * from './lists';
export * from './fields';
export * from './search';
export * from './checks';
export * from './filters';
export * from './layer';
export { anyLayer } from './layers';
export * from './dialogs';
export * from './sheet';
export * from './versions';
export * from './tabs';
export * from './upload';
export * from './copy';
