/* SPDX-License-Identifier: Apache-2.0
 *
 * A PDF of one page, with its table of offsets.
 */
#include "robot/pdf.h"

#define OBJECTS 5

static void write_text(struct str text, struct buf *out) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '(' || c == ')' || c == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, c >= 0x20 && c < 0x7f ? c : '?');
    }
}

static void write_page(struct str title, struct str lines, struct buf *out) {
    buf_add_lit(out, "BT /F1 18 Tf 60 770 Td (");
    write_text(title, out);
    buf_add_lit(out, ") Tj /F1 11 Tf 0 -14 Td");
    while (!str_is_absent(lines)) {
        buf_add_lit(out, " 0 -16 Td (");
        write_text(str_cut(&lines, '\n'), out);
        buf_add_lit(out, ") Tj");
    }
    buf_add_lit(out, " ET\n");
}

void pdf_write(struct str title, struct str lines, struct buf *out) {
    struct buf page BUF_CLEANUP = BUF_EMPTY;
    size_t begin = out->len, at[OBJECTS];

    write_page(title, lines, &page);
    buf_add_lit(out, "%PDF-1.4\n");
    at[0] = out->len - begin;
    buf_add_lit(out, "1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n");
    at[1] = out->len - begin;
    buf_add_lit(out, "2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n");
    at[2] = out->len - begin;
    buf_add_lit(out, "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
                     "/Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>\nendobj\n");
    at[3] = out->len - begin;
    buf_add_lit(out, "4 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n");
    at[4] = out->len - begin;
    buf_printf(out, "5 0 obj\n<< /Length %zu >>\nstream\n", page.len);
    buf_add_str(out, buf_str(&page));
    buf_add_lit(out, "endstream\nendobj\n");
    size_t table = out->len - begin;
    buf_printf(out, "xref\n0 %d\n0000000000 65535 f \n", OBJECTS + 1);
    for (int i = 0; i < OBJECTS; i++)
        buf_printf(out, "%010zu 00000 n \n", at[i]);
    buf_printf(out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", OBJECTS + 1, table);
}
