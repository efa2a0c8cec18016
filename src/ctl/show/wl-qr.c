/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QR codes in half blocks. The text may hold a private key: it is wiped with the code. */
#include "wl-qr.h"

#include <errno.h>
#include <gio/gio.h>
#include <qrencode.h>
#include <stdio.h>
#include <string.h>

#define QUIET 4 /* modules of margin that readers expect on each side */

/* The basic colors, then the same of the 256 colors, which themes do not change. */
#define BLACK_ON_WHITE "\033[30;47m\033[38;5;16;48;5;231m"
#define RESET          "\033[0m"

struct _WlQr {
    QRcode *code;
};

WlQr *
wl_qr_new(const char *text, GError **error)
{
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
    WlQr *qr;

    if (!code) {
        int number = errno;

        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(number),
                    "the file does not fit a QR code: %s",
                    number == ERANGE ? "it is longer than 2953 bytes" : g_strerror(number));
        return NULL;
    }
    qr = g_new0(WlQr, 1);
    qr->code = code;
    return qr;
}

void
wl_qr_free(WlQr *qr)
{
    if (!qr)
        return;
    explicit_bzero(qr->code->data, (gsize) qr->code->width * (gsize) qr->code->width);
    QRcode_free(qr->code);
    g_free(qr);
}

guint
wl_qr_columns(const WlQr *qr)
{
    return (guint) qr->code->width + 2 * QUIET;
}

static gboolean
is_dark(const QRcode *code, int row, int column)
{
    if (row < 0 || column < 0 || row >= code->width || column >= code->width)
        return FALSE;
    return code->data[row * code->width + column] & 1;
}

void
wl_qr_print(const WlQr *qr)
{
    static const char *const blocks[] = {" ", "▄", "▀", "█"};
    const QRcode *code = qr->code;

    for (int row = -QUIET; row < code->width + QUIET; row += 2) {
        fputs(BLACK_ON_WHITE, stdout);
        for (int column = -QUIET; column < code->width + QUIET; column++)
            fputs(blocks[2 * is_dark(code, row, column) + is_dark(code, row + 1, column)], stdout);
        fputs(RESET "\n", stdout);
    }
}
