/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-qr.h"

/** The columns that the code takes in a terminal. */
guint wl_qr_print_columns(const WlQr *qr);
/** Prints the code on standard output, black on white in any color scheme. */
void wl_qr_print(const WlQr *qr);
