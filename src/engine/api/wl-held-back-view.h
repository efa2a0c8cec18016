/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-key.h"

typedef struct _WlEngine WlEngine;

/** The limit that held something back (docs/engine.md "Limits"). */
typedef enum {
    /* of what is done for the peer. Of initiations each counts once until the peer is tried or a
       round begins. */
    WL_HELD_BACK_RATE,          /* all initiations: other peers have their turn */
    WL_HELD_BACK_ADDRESS,       /* tries of one IP address at the word of others */
    WL_HELD_BACK_ENDPOINT,      /* initiations to an endpoint that another peer just had */
    WL_HELD_BACK_THIRD_PARTIES, /* initiations at the word of third parties */
    WL_HELD_BACK_IN_VAIN,       /* those at the word of one that named addresses in vain */
    WL_HELD_BACK_RESTART,       /* first rounds because of new endpoints */
    WL_HELD_BACK_PORTAL,        /* initiations from behind a captive portal */
    WL_HELD_BACK_CHECK,         /* checks of its session at the word of others */
    WL_HELD_BACK_OBSERVATION,   /* observation windows */
    /* of what the peer causes */
    WL_HELD_BACK_WORD,          /* initiations to others at its word, for a reason above */
    WL_HELD_BACK_LOOKUP,        /* lookups of neighbors at its word */
    WL_HELD_BACK_DUMP,          /* dumps of the device because of its datagrams */
    WL_HELD_BACK_REPLY,         /* Alives that it requests or needs */
    WL_HELD_BACK_BOOT_ID,       /* new boot ids that end the hold-down of its path */
    WL_HELD_BACK_PROBE_REQUEST, /* probe requests that are relayed for it */
    WL_HELD_BACK_LOG,           /* lines of the log about it */
    WL_HELD_BACK_N,
} WlHeldBackReason;

/** "rate", "address" and so on: stable names. */
const char *wl_held_back_to_string(WlHeldBackReason reason);
/** How often each limit held something back since the start, for the peer with @key; NULL: for all,
 * also those that were removed. FALSE if there is no such peer; @counts is then unchanged. */
gboolean wl_engine_get_held_back(const WlEngine *self, const WlKey *key,
                                 guint64 counts[WL_HELD_BACK_N]);
