// SPDX-License-Identifier: Apache-2.0
//
// Before the first paint: the colours and the language that were chosen last.
(function () {
    var theme = null,
        lang = null;
    try {
        theme = localStorage.getItem('hired.theme');
        lang = localStorage.getItem('hired.lang');
    } catch (e) {
        /* storage may be forbidden */
    }
    if (!theme) theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
    if (!lang) lang = /^zh/.test(navigator.language) ? 'zh' : 'en';
    document.documentElement.dataset.theme = theme;
    document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
})();
