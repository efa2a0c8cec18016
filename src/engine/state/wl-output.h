/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-log-limiter.h"
#include "wl-engine-output.h"

/** The outputs for the caller of the engine, and those pending in this turn. Times are engine
 * times (microseconds). */
typedef struct {
    GQueue queue; /* of WlOutput, for wl_engine_next_output() */
    GQueue sends; /* of WlOutput: appended after the changes at the end of the turn */
    WlLogLimiter log_limiter;
    gboolean snapshot_wanted;
    gint64 snapshot_requested; /* WL_LONG_AGO: none is pending */
    gint64 snapshot_read;      /* the last snapshot */
    guint64 changes;           /* of peers, so far */
    guint64 snapshot_shows;    /* the first of these, when the pending snapshot was requested */
    gint64 state_save_due;     /* of a changed state cache; WL_NEVER: it did not change */
    gint64 state_saved;        /* the last save; WL_LONG_AGO: none */
    GArray *allowed_scratch;   /* of WlPrefix: reused by wl-reconcile.c for each peer */
} WlOutputs;

/** @self is zero before. */
void wl_outputs_init(WlOutputs *self);
void wl_outputs_clear(WlOutputs *self);

WlOutput *wl_output_new(WlOutputKind kind);
/** Takes ownership of @output. */
void wl_outputs_push(WlOutputs *self, WlOutput *output);
/** Takes ownership of @output, a WL_OUTPUT_SEND, which is queued after the peer changes of this
 * turn. */
void wl_outputs_push_send(WlOutputs *self, WlOutput *output);
void wl_outputs_flush_sends(WlOutputs *self);
/** Logs one line about the member with @share, NULL: about none, unless the limiter refuses it. */
gboolean wl_outputs_log(WlOutputs *self, WlFairShare *share, gint64 now, const char *format,
                        va_list arguments) G_GNUC_PRINTF(4, 0);
