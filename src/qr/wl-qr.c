/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QR codes. The text may hold a private key: it is wiped with the code. */
#include "wl-qr.h"

#include <errno.h>
#include <gio/gio.h>
#include <qrencode.h>
#include <string.h>

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
wl_qr_size(const WlQr *qr)
{
    return (guint) qr->code->width;
}

gboolean
wl_qr_is_dark(const WlQr *qr, int row, int column)
{
    const QRcode *code = qr->code;

    if (row < 0 || column < 0 || row >= code->width || column >= code->width)
        return FALSE;
    return code->data[row * code->width + column] & 1;
}
