/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QR codes in half blocks. */
#include "wl-qr-print.h"

#include <stdio.h>

/* The basic colors, then the same of the 256 colors, which themes do not change. */
#define BLACK_ON_WHITE "\033[30;47m\033[38;5;16;48;5;231m"
#define RESET          "\033[0m"

guint
wl_qr_print_columns(const WlQr *qr)
{
    return wl_qr_size(qr) + 2 * WL_QR_QUIET;
}

void
wl_qr_print(const WlQr *qr)
{
    static const char *const blocks[] = {" ", "▄", "▀", "█"};
    int end = (int) wl_qr_size(qr) + WL_QR_QUIET;

    for (int row = -WL_QR_QUIET; row < end; row += 2) {
        fputs(BLACK_ON_WHITE, stdout);
        for (int column = -WL_QR_QUIET; column < end; column++)
            fputs(blocks[2 * wl_qr_is_dark(qr, row, column) + wl_qr_is_dark(qr, row + 1, column)],
                  stdout);
        fputs(RESET "\n", stdout);
    }
}
