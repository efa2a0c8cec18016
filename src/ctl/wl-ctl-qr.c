/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-qr.h"

#include <errno.h>
#include <gio/gio.h>
#include <qrencode.h>
#include <stdio.h>
#include <string.h>

#define QUIET 4 /* modules of margin that a reader may expect on each side */

/* Eight colours for terminals that know no more, then the same of 256, which no theme changes. */
#define BLACK_ON_WHITE "\033[30;47m\033[38;5;16;48;5;231m"
#define RESET          "\033[0m"

struct _WlCtlQr {
    QRcode *code;
};

WlCtlQr *
wl_ctl_qr_new(const char *text, GError **error)
{
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
    WlCtlQr *qr;

    if (!code) {
        int number = errno;

        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(number),
                    "the file makes no QR code: %s",
                    number == ERANGE ? "it is longer than 2953 bytes" : g_strerror(number));
        return NULL;
    }
    qr = g_new0(WlCtlQr, 1);
    qr->code = code;
    return qr;
}

void
wl_ctl_qr_free(WlCtlQr *qr)
{
    if (!qr)
        return;
    explicit_bzero(qr->code->data, (gsize) qr->code->width * (gsize) qr->code->width);
    QRcode_free(qr->code);
    g_free(qr);
}

guint
wl_ctl_qr_columns(const WlCtlQr *qr)
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
wl_ctl_qr_print(const WlCtlQr *qr)
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
