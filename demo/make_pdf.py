#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the small PDF files that the demo's reports, attachments and resumes link to (demo/reports/*.pdf).

usage: make_pdf.py DIRECTORY        always writes the same bytes
"""
import os
import sys

PAGES = {
    'interim-report.pdf': ('Interim background check report', [
        'Demo document. The person, the company and every finding are fictitious.', '',
        'Identity: verified against the document shown by the candidate.',
        'Education: degree and dates confirmed by the university registry.',
        'Employment: two of three employers have answered so far.',
    ]),
    'final-report.pdf': ('Final background check report', [
        'Demo document. The person, the company and every finding are fictitious.', '',
        'Identity: verified.', 'Education: verified.', 'Employment: verified, three of three employers.',
        'Court and credit records: nothing found.', 'Result: see the order.',
    ]),
    'final-report-findings.pdf': ('Final background check report', [
        'Demo document. The person, the company and every finding are fictitious.', '',
        'Identity: verified.', 'Education: the university registry has no degree of that name and year.',
        'Employment: one of three employers does not know the candidate.',
        'Court and credit records: one enforcement entry of 2024, open.', 'Result: serious findings; see the order.',
    ]),
    'resume.pdf': ('Curriculum vitae', [
        'Demo document. The person and every employer are fictitious.', '',
        '2021 - 2026  Engineer, Example Software Ltd', '2017 - 2021  B.Sc. Computer Science, Example University',
    ]),
}


def pdf(title, lines):
    """One A4 page in Helvetica: the smallest file that readers and strict checkers take as a PDF."""
    quoted = [text.replace('\\', r'\\').replace('(', r'\(').replace(')', r'\)') for text in [title, '', *lines]]
    text = 'BT /F1 18 Tf 72 770 Td (%s) Tj /F1 11 Tf 0 -28 Td 16 TL %s ET' % (
        quoted[0], ' '.join('(%s) Tj T*' % line for line in quoted[2:]))
    objects = [
        '<< /Type /Catalog /Pages 2 0 R >>',
        '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
        '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R '
        '/Resources << /Font << /F1 5 0 R >> >> >>',
        '<< /Length %d >>\nstream\n%s\nendstream' % (len(text), text),
        '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
        '<< /Title (%s) /Producer (hired demo) >>' % quoted[0],
    ]
    out = '%PDF-1.4\n'
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += '%d 0 obj\n%s\nendobj\n' % (number, body)
    start = len(out)
    out += 'xref\n0 %d\n0000000000 65535 f \n' % (len(objects) + 1)
    out += ''.join('%010d 00000 n \n' % offset for offset in offsets)
    out += 'trailer\n<< /Size %d /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF\n' % (len(objects) + 1, start)
    return out.encode('ascii')


def main(directory):
    os.makedirs(directory, exist_ok=True)
    for name, (title, lines) in PAGES.items():
        with open(os.path.join(directory, name), 'wb') as file:
            file.write(pdf(title, lines))


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
