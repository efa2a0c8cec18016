/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-active-profile.h"
#include "wl-doctor.h"

/** Asks over the tunnel whether the exit of an active profile leads to the internet, and whether
 * members forward to the networks behind them. Takes some seconds where nothing answers. */
void wl_check_beyond(WlDoctor *doctor, const char *label, const WlActiveProfile *active);

typedef enum {
    WL_BEYOND_ANSWERS, /* something beyond the exit answers */
    WL_BEYOND_SILENT,  /* the exit forwards, but nothing answers */
    WL_BEYOND_CLOSED,  /* the exit does not forward, or does not answer */
} WlBeyond;

/** What comes back from beyond the peer with this @address in the tunnel, through @interface.
 * *router: who answered from there, to be freed, or NULL. */
WlBeyond wl_check_beyond_exit(const char *address, const char *interface, char **router);
