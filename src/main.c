/* SPDX-License-Identifier: Apache-2.0
 *
 * hired: a recruiting server that speaks the Feishu/Lark Hire open API.
 */
int main(void) {
    return 0;
}
